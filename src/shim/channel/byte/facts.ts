// Numbers that describe a connection.
import type { CoreSocket } from '../../wasm/core.ts';

/** How many there are. */
const COUNT = 13;

/** Those of the core's socket; undefined if there is none. */
export function factsOf(core: CoreSocket | undefined): readonly number[] | undefined {
  return core && Array.from({ length: COUNT }, (_, which) => core.fact(which) ?? 0);
}
