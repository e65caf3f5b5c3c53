// An instance of the core, and the channels over it: where it stops, they end, and the next socket has a fresh one.
import { type Bindings, makeBindings } from '../../../target/bindgen/instance.js';
import * as globals from '../platform/globals.ts';
import { isOverflow } from '../platform/stack-overflow.ts';
import { engine } from './engine.ts';

/** A channel whose core is in an instance. */
export interface Carried {
  /** The instance stopped: no call into it is possible any more. `error` is the engine's. */
  trapped(error: unknown): void;
}

/** An exported function. */
type Call = (...args: unknown[]) => unknown;

/** No call was cut off. */
const RUNNING = Symbol('running');

const settled = Promise.resolve();
const { then } = Promise.prototype;

export class Instance {
  readonly bindings: Bindings;
  readonly #carried = new Set<Carried>();
  /** Called when it stops, before the channels are notified. */
  readonly #onStop: () => void;
  /** What the first call that was cut off threw, or RUNNING. */
  readonly #stoppedBy: () => unknown;

  /** Notifies the channels, if it stopped. One that was notified isn't again. */
  readonly notify = (): void => {
    if (!this.stopped) return;
    this.#onStop();
    for (const carried of this.#carried) {
      this.#carried.delete(carried);
      carried.trapped(this.#stoppedBy());
    }
  };

  /**
   * Notifies them once the caller's stack has unwound. The engine's own function, bound: it is called first where a call
   * was cut off, and little is left of a stack that overflowed.
   */
  readonly notifySoon = then.bind(settled, this.notify) as () => unknown;

  constructor(module: WebAssembly.Module, onStop: () => void) {
    this.#onStop = onStop;
    const { guard, stoppedBy } = exportGuard(() => this.notifySoon());
    this.#stoppedBy = stoppedBy;
    this.bindings = makeBindings(guard, isOverflow, { ...globals, engine });
    this.bindings.initSync({ module });
  }

  /** Whether no call is possible any more. */
  get stopped(): boolean {
    return this.#stoppedBy() !== RUNNING;
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
    if (!this.stopped || isOverflow(error)) throw error;
    this.notify();
    return undefined;
  }
}

/**
 * Stands in front of each exported function. WebAssembly isn't unwound: whatever leaves an export as an exception (a trap,
 * a stack that overflowed) leaves the core in the middle of something, for good.
 *
 * Where a call was cut off no function is called, and nothing but a variable is set: with no stack left, anything else may
 * be cut off too.
 *
 * @param onFree called where what a finalizer called was cut off: nobody else would be told
 */
function exportGuard(onFree: () => void) {
  let error: unknown = RUNNING;

  type N = unknown;
  /** Fixed arity: rest parameters are slower. */
  const guardOne = (call: Call): Call => {
    switch (call.length) {
      case 0:
        return () => {
          try {
            return call();
          } catch (thrown) {
            if (error === RUNNING) error = thrown;
            throw thrown;
          }
        };
      case 1:
        return (a: N) => {
          try {
            return call(a);
          } catch (thrown) {
            if (error === RUNNING) error = thrown;
            throw thrown;
          }
        };
      case 2:
        return (a: N, b: N) => {
          try {
            return call(a, b);
          } catch (thrown) {
            if (error === RUNNING) error = thrown;
            throw thrown;
          }
        };
      case 3:
        return (a: N, b: N, c: N) => {
          try {
            return call(a, b, c);
          } catch (thrown) {
            if (error === RUNNING) error = thrown;
            throw thrown;
          }
        };
      default:
        return (...args: N[]) => {
          try {
            return call(...args);
          } catch (thrown) {
            if (error === RUNNING) error = thrown;
            throw thrown;
          }
        };
    }
  };
  /** A finalizer may call it at any time. */
  const guardFree =
    (call: Call): Call =>
    (pointer: N, kind: N) => {
      if (error !== RUNNING) return;
      try {
        call(pointer, kind);
      } catch (thrown) {
        error = thrown;
        onFree();
      }
    };
  const guard = (exports: WebAssembly.Exports): WebAssembly.Exports => {
    const guarded: WebAssembly.Exports = {};
    for (const [name, value] of Object.entries(exports)) {
      const frees = name.startsWith('__wbg_') && name.endsWith('_free');
      guarded[name] = typeof value !== 'function' ? value : (frees ? guardFree : guardOne)(value as Call);
    }
    return guarded;
  };
  return { guard, stoppedBy: () => error };
}
