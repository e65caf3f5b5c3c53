// The core's half of one socket, shared by the parts of a byte channel.
import type { CoreSocket } from '../../wasm/core.ts';

/** Where the parts of a byte channel find the core's socket. */
export interface CoreRef {
  /** `undefined` once it was freed, or its instance stopped. */
  socket: CoreSocket | undefined;
}
