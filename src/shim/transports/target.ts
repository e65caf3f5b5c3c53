// The target of a socket's connection, with a signal that costs nothing until a transport reads it.

import { AbortController } from '../platform/globals.ts';
import type { TransportTarget } from './types.ts';

/** A listener of a {@link CancelSignal}, by the DOM's interface: it can also be one of an AbortSignal. */
export interface CancelListener {
  handleEvent(): void;
}

/** The part of an AbortSignal that the built-in transports use. An AbortSignal, and its abort, cost some 30 us in Node. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: CancelListener): void;
  removeEventListener(type: 'abort', listener: CancelListener): void;
}

/** Whether a connection is still wanted. */
export class Cancellation implements CancelSignal {
  aborted = false;
  #listeners: CancelListener[] | undefined;
  #controller: AbortController | undefined;

  /** A real signal, for transports that aren't built in. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener.handleEvent();
    this.#controller?.abort();
  }

  addEventListener(_: 'abort', listener: CancelListener): void {
    if (this.aborted) return;
    this.#listeners ??= [];
    this.#listeners.push(listener);
  }

  removeEventListener(_: 'abort', listener: CancelListener): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at >= 0) this.#listeners?.splice(at, 1);
  }
}

/**
 * The attribute `signal` of a target. An own one, so that a copy by `{ ...target }` has it; and `this` may be an object
 * whose prototype is the target.
 */
const SIGNAL: PropertyDescriptor & ThisType<object> = {
  get() {
    let target = this;
    for (;;) {
      const cancellation = cancellationOf(target);
      if (cancellation) return cancellation.signal;
      target = Object.getPrototypeOf(target);
    }
  },
  enumerable: true,
  configurable: true,
};

let cancellationOf: (target: object) => Cancellation | undefined;

export class Target implements TransportTarget {
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
  readonly url: string;
  declare readonly signal: AbortSignal;
  readonly #cancellation: Cancellation;

  static {
    cancellationOf = (target) => (#cancellation in target ? target.#cancellation : undefined);
  }

  constructor(hostname: string, port: number, secure: boolean, url: string, cancellation: Cancellation) {
    this.hostname = hostname;
    this.port = port;
    this.secure = secure;
    this.url = url;
    this.#cancellation = cancellation;
    Object.defineProperty(this, 'signal', SIGNAL);
  }
}

/** Whether the connection to a target is still wanted; without making its AbortSignal if it has none. */
export function cancelSignalOf(target: TransportTarget): CancelSignal {
  return cancellationOf(target) ?? target.signal;
}

/** The same target for plain bytes. */
export function plainTarget(target: TransportTarget): TransportTarget {
  const cancellation = cancellationOf(target);
  if (!cancellation) return { ...target, secure: false };
  return new Target(target.hostname, target.port, false, target.url, cancellation);
}

/**
 * Calls `callback` when the connection is no longer wanted, or at once if that is so.
 *
 * @returns a function that unregisters the callback
 */
export function onCancel(signal: CancelSignal, callback: () => void): () => void {
  // A script may dispatch an event of that type itself.
  const listener = { handleEvent: () => void (signal.aborted && callback()) };
  if (signal.aborted) callback();
  else signal.addEventListener('abort', listener);
  return () => signal.removeEventListener('abort', listener);
}
