// An instance of the core, and the channels over it: where it stops, they end, and the next socket has a fresh one.
import { type Bindings, makeBindings } from '../../target/bindgen/instance.js';
import * as globals from './globals.ts';
import { isOverflow } from './overflow.ts';

/** A channel whose core is in an instance. */
export interface Carried {
  /** The instance stopped: no call into it is possible any more. `error` is the engine's. */
  trapped(error: unknown): void;
}

/** An exported function. */
type Call = (...args: unknown[]) => unknown;

const settled = Promise.resolve();
const { then } = Promise.prototype;

export class Instance {
  readonly bindings: Bindings = makeBindings((exports) => this.#guard(exports), isOverflow, globals);
  readonly #carried = new Set<Carried>();
  /** Called when it stops, before the channels are notified. */
  readonly #onStop: () => void;
  /**
   * What the first call that was cut off threw. WebAssembly isn't unwound: whatever leaves an export as an exception (a
   * trap, a stack that overflowed) leaves the core in the middle of something, for good.
   */
  #stopped: { readonly error: unknown } | undefined;
  #notifying = false;

  constructor(module: WebAssembly.Module, onStop: () => void) {
    this.#onStop = onStop;
    this.bindings.initSync({ module });
  }

  /** Whether no call is possible any more. */
  get stopped(): boolean {
    return this.#stopped !== undefined;
  }

  /** Registers a channel to be notified when the instance stops. */
  carry(carried: Carried): void {
    this.#carried.add(carried);
  }

  drop(carried: Carried): void {
    this.#carried.delete(carried);
  }

  /**
   * What a caller sees of an exception that came out of `bindings`: those of the interface are thrown on, and so is an
   * overflowed stack, which is the caller's. A trap isn't: the channels are notified of it.
   *
   * @throws {unknown} `error`
   */
  outcome(error: unknown): undefined {
    if (!this.#stopped) throw error;
    // First of all, and with few calls: little is left of a stack that overflowed.
    this.notifySoon();
    if (isOverflow(error)) throw error;
    this.#notify();
    return undefined;
  }

  /** Notifies the channels once the caller's stack has unwound, if the instance stopped and that isn't done yet. */
  notifySoon(): void {
    if (this.#notifying || !this.#stopped) return;
    then.call(settled, this.#notify);
    this.#notifying = true;
  }

  /** Stands in front of each exported function. Fixed arity: rest parameters are slower. */
  #guard(exports: WebAssembly.Exports): WebAssembly.Exports {
    const guarded: WebAssembly.Exports = {};
    for (const [name, value] of Object.entries(exports)) {
      guarded[name] = typeof value !== 'function' ? value : this.#guardOne(value as Call, name.endsWith('_free'));
    }
    return guarded;
  }

  /** @param frees whether it may be called by a finalizer, at any time: then it does nothing once the instance stopped */
  #guardOne(call: Call, frees: boolean): Call {
    type N = unknown;
    // No function is called where one was cut off: where the stack overflowed, that would overflow too.
    if (frees) {
      return (a: N, b: N) => {
        if (this.#stopped) return;
        try {
          call(a, b);
        } catch (error) {
          this.#stopped ??= { error };
          this.notifySoon();
        }
      };
    }
    switch (call.length) {
      case 0:
        return () => {
          try {
            return call();
          } catch (error) {
            this.#stopped ??= { error };
            throw error;
          }
        };
      case 1:
        return (a: N) => {
          try {
            return call(a);
          } catch (error) {
            this.#stopped ??= { error };
            throw error;
          }
        };
      case 2:
        return (a: N, b: N) => {
          try {
            return call(a, b);
          } catch (error) {
            this.#stopped ??= { error };
            throw error;
          }
        };
      case 3:
        return (a: N, b: N, c: N) => {
          try {
            return call(a, b, c);
          } catch (error) {
            this.#stopped ??= { error };
            throw error;
          }
        };
      default:
        return (...args: N[]) => {
          try {
            return call(...args);
          } catch (error) {
            this.#stopped ??= { error };
            throw error;
          }
        };
    }
  }

  /** Notifies the channels. One that was notified isn't again. */
  readonly #notify = (): void => {
    if (!this.#stopped) return;
    this.#onStop();
    for (const carried of this.#carried) {
      this.#carried.delete(carried);
      carried.trapped(this.#stopped.error);
    }
  };
}
