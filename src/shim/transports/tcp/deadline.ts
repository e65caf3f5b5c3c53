// A time for connecting, in addition to the signal of the attempt.

import { clearTimeout, setTimeout } from '../../platform/globals.ts';
import type { CancelListener, CancelSignal } from '../lazy-target.ts';

/** Aborts when the signal does, or when the time is over. */
export class Deadline implements CancelSignal, CancelListener {
  aborted: boolean;
  /** Whether the time was over first. */
  expired = false;
  readonly #signal: CancelSignal;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #listeners = new Set<CancelListener>();

  /** @param timeout in milliseconds */
  constructor(timeout: number, signal: CancelSignal) {
    this.#signal = signal;
    this.aborted = signal.aborted;
    signal.addEventListener('abort', this);
    this.#timer = setTimeout(() => {
      this.expired = !this.aborted;
      this.handleEvent();
    }, timeout);
  }

  /** To be called once the attempt is over. */
  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this);
  }

  handleEvent(): void {
    this.aborted = true;
    for (const listener of this.#listeners) listener.handleEvent();
  }

  addEventListener(_: 'abort', listener: CancelListener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: 'abort', listener: CancelListener): void {
    this.#listeners.delete(listener);
  }
}
