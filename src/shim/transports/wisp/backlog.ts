// What waits in the carrier's WebSocket.

import { clearTimeout, setTimeout } from '../../platform/globals.ts';

/** How many bytes may wait before streams hold back. */
const MAX_BACKLOG = 4 * 1024 * 1024;

/**
 * How many bytes in front of the network don't count: about as many as the buffers of a TCP socket hold, and those of a
 * browser in front of it. No event reports that they are flushed, so that to know it exactly would cost a timer for each
 * message.
 */
const UNCOUNTED = 64 * 1024;

/** How often it is looked up how many bytes are flushed, in milliseconds. */
const POLL_DELAY = 1;

export class Backlog {
  /** How many bytes wait. */
  readonly #amount: () => number;
  /** The number of bytes passed to the WebSocket. */
  sent = 0;
  /** Callbacks waiting for a position to be flushed, in the order of these. */
  readonly #unflushed: { position: number; flushed: () => void }[] = [];
  #stopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param amount the `bufferedAmount` of the WebSocket */
  constructor(amount: () => number) {
    this.#amount = amount;
  }

  /** Whether streams should hold back. */
  get full(): boolean {
    return this.#amount() > MAX_BACKLOG;
  }

  /** Calls `flushed` once what was passed to the WebSocket up to a position counts as flushed: perhaps at once. */
  whenFlushed(flushed: () => void, position = this.sent): void {
    // The amount of a WebSocket that is closed doesn't fall any more.
    if (this.#stopped) return;
    this.#unflushed.push({ position, flushed });
    this.#unflushed.sort((one, other) => one.position - other.position);
    this.report();
  }

  /** Calls the callbacks for the flushed bytes, now and later: no event reports those. */
  report(): void {
    while (this.#unflushed[0] && this.#unflushed[0].position - UNCOUNTED <= this.sent - this.#amount()) {
      this.#unflushed.shift()?.flushed();
    }
    if (this.#unflushed[0]) this.#timer ??= setTimeout(this.#poll, POLL_DELAY);
  }

  readonly #poll = (): void => {
    this.#timer = undefined;
    this.report();
  };

  /** Calls nothing any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#unflushed.length = 0;
  }
}
