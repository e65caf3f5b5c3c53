// An instance of the core. When a call traps, it stops for good: its sockets fail, and the next socket gets a fresh one.
import { type Bindings, makeBindings } from '../../../target/bindgen/instance.js';
import { console, crypto, DOMException, TextDecoder, TextEncoder } from '../platform/globals.ts';
import { isOverflow } from '../platform/stack-overflow.ts';
import { engine } from './engine.ts';

/** A channel whose core is in an instance. */
export interface TrapListener {
  /** Called when the instance has stopped: no call into it is possible any more. `error` is the engine's. */
  trapped(error: unknown): void;
}

/** An exported function. */
type Call = (...args: unknown[]) => unknown;

/** The value while the instance hasn't stopped. */
const RUNNING = Symbol('running');

const settled = Promise.resolve();
const { then } = Promise.prototype;

export class Instance {
  readonly bindings: Bindings;
  readonly #listeners = new Set<TrapListener>();
  /** Called when there are no more trap listeners. */
  readonly #onEmpty: () => void;
  readonly memory: WebAssembly.Memory;
  /** The exception of the first call that didn't return, or RUNNING. */
  readonly #stoppedBy: () => unknown;

  /** Calls the trap listeners, each once, if the instance stopped. */
  readonly notify = (): void => {
    if (!this.stopped) return;
    for (const listener of this.#listeners) {
      this.#listeners.delete(listener);
      listener.trapped(this.#stoppedBy());
    }
    this.#onEmpty();
  };

  /**
   * Calls {@link notify} once the caller's stack has unwound. This is the engine's own function, bound: little may be left
   * of a stack that overflowed.
   */
  readonly notifySoon = then.bind(settled, this.notify) as () => unknown;

  constructor(module: WebAssembly.Module, onEmpty: () => void) {
    this.#onEmpty = onEmpty;
    const { guard, stoppedBy } = exportGuard(() => this.notifySoon());
    this.#stoppedBy = stoppedBy;
    this.bindings = makeBindings(guard, isOverflow, {
      DOMException,
      TextDecoder,
      TextEncoder,
      console,
      crypto,
      engine,
    });
    ({ memory: this.memory } = this.bindings.initSync({ module }));
  }

  /** Whether no call is possible any more. */
  get stopped(): boolean {
    return this.#stoppedBy() !== RUNNING;
  }

  /** How many trap listeners there are: one for each socket. */
  get users(): number {
    return this.#listeners.size;
  }

  addTrapListener(listener: TrapListener): void {
    this.#listeners.add(listener);
  }

  removeTrapListener(listener: TrapListener): void {
    this.#listeners.delete(listener);
    if (this.users === 0) this.#onEmpty();
  }

  /**
   * Handles an exception thrown by `bindings`. Exceptions of the interface are rethrown, and so is the error of an
   * overflowed stack, which is the caller's. A trap is reported to the listeners instead.
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
 * A wrapper for each exported function. WebAssembly isn't unwound: whatever leaves an export as an exception (a trap, a
 * stack that overflowed) leaves the core in an unknown state, for good.
 *
 * After such a call no function is called, and only a variable is set: with no stack left, a call might fail too.
 *
 * @param onFree called if a finalizer's call throws, which no caller would notice
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
      case 4:
        return (a: N, b: N, c: N, d: N) => {
          try {
            return call(a, b, c, d);
          } catch (thrown) {
            if (error === RUNNING) error = thrown;
            throw thrown;
          }
        };
      case 5:
        return (a: N, b: N, c: N, d: N, e: N) => {
          try {
            return call(a, b, c, d, e);
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
      // See scripts/short-names.js.
      const frees = name.startsWith('_');
      guarded[name] = typeof value !== 'function' ? value : (frees ? guardFree : guardOne)(value as Call);
    }
    return guarded;
  };
  return { guard, stoppedBy: () => error };
}
