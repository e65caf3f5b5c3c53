// An instance of the core, and the sockets that it carries: if it traps, they end, and the next socket has a fresh one.
import { type Bindings, makeBindings } from '../../target/bindgen/instance.js';

/** Who is told that the instance below it trapped: no call into it is possible any more. */
export interface Carried {
  trapped(why: string): void;
}

/** What comes out of a call into an instance that trapped. Whoever the instance carries has been told by then. */
export class Trap extends Error {}

/**
 * Runs what calls into an instance. Where that traps nothing is left to do: it was told, and nobody else shall see it.
 */
export function survive<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Trap) return undefined;
    throw error;
  }
}

/** An exported function. */
type Call = (...args: unknown[]) => unknown;

export class Instance {
  readonly bindings: Bindings = makeBindings((exports) => this.#guard(exports));
  readonly #carried = new Set<Carried>();
  /** Is called when it traps, before those that it carries are told. */
  readonly #onTrap: () => void;
  #trapped: string | undefined;

  constructor(module: WebAssembly.Module, onTrap: () => void) {
    this.#onTrap = onTrap;
    this.bindings.initSync({ module });
  }

  /** From now on that one is told. */
  carry(carried: Carried): void {
    this.#carried.add(carried);
  }

  drop(carried: Carried): void {
    this.#carried.delete(carried);
  }

  /** Stands in front of each exported function, for it may trap. With as many parameters: that is the quickest. */
  #guard(exports: WebAssembly.Exports): WebAssembly.Exports {
    const guarded: WebAssembly.Exports = {};
    for (const [name, value] of Object.entries(exports)) {
      guarded[name] = typeof value === 'function' ? this.#guardOne(value as Call) : value;
    }
    return guarded;
  }

  #guardOne(call: Call): Call {
    type N = unknown;
    switch (call.length) {
      case 0:
        return () => {
          try {
            return call();
          } catch (error) {
            throw this.#caught(error);
          }
        };
      case 1:
        return (a: N) => {
          try {
            return call(a);
          } catch (error) {
            throw this.#caught(error);
          }
        };
      case 2:
        return (a: N, b: N) => {
          try {
            return call(a, b);
          } catch (error) {
            throw this.#caught(error);
          }
        };
      case 3:
        return (a: N, b: N, c: N) => {
          try {
            return call(a, b, c);
          } catch (error) {
            throw this.#caught(error);
          }
        };
      default:
        return (...args: N[]) => {
          try {
            return call(...args);
          } catch (error) {
            throw this.#caught(error);
          }
        };
    }
  }

  /** Tells, the first time, those that it carries. */
  #caught(error: unknown): unknown {
    if (!isTrap(error)) return error;
    if (this.#trapped === undefined) {
      this.#trapped = `the WebAssembly core stopped: ${(error as Error).message}`;
      this.#onTrap();
      for (const carried of this.#carried) carried.trapped(this.#trapped);
      this.#carried.clear();
    }
    return new Trap(this.#trapped, { cause: error });
  }
}

/** A trap, or a stack that ran over within the core: either leaves its memory as it was in the middle of something. */
function isTrap(error: unknown): boolean {
  return (
    error instanceof WebAssembly.RuntimeError ||
    error instanceof RangeError ||
    (error as Error)?.name === 'InternalError'
  );
}
