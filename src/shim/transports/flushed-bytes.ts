// Which of the bytes that were passed to a WebSocket it has flushed: no event reports that, only `bufferedAmount`.

import { queueTurn } from '../platform/event-loop.ts';
import { clearTimeout, setTimeout } from '../platform/globals.ts';

/** How many bytes may be sent before it is looked up in each turn how many are flushed. */
const MAX_UNPOLLED = 64 * 1024;

/** When it is looked up otherwise, in milliseconds. */
const POLL_DELAY = 4;

/** How often it is looked up in each turn before timers are used. */
const MAX_TURNS = 8;

export class FlushedBytes {
  readonly #socket: { readonly bufferedAmount: number };
  /** The number of bytes passed to the WebSocket. */
  #sent = 0;
  /** How many of them are known to be flushed. */
  #flushed = 0;
  /** Callbacks waiting for a position to be flushed. */
  #waiting: { position: number; flushed: () => void }[] = [];
  /** Whether it will be looked up in the next turn. */
  #isQueued = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How often it was looked up in vain. */
  #polls = 0;

  constructor(socket: { readonly bufferedAmount: number }) {
    this.#socket = socket;
  }

  /** Records that bytes are passed to the WebSocket. */
  sent(bytes: number): void {
    this.#sent += bytes;
  }

  /** Calls `flushed` once everything passed to the WebSocket so far is flushed. */
  whenFlushed(flushed: () => void): void {
    this.#waiting.push({ position: this.#sent, flushed });
    // A small message is mostly flushed by the time its answer is received, which also looks it up.
    if (this.#sent - this.#flushed > MAX_UNPOLLED) this.#queue();
    else this.#timer ??= setTimeout(this.#poll, POLL_DELAY);
  }

  /** Calls the callbacks for the flushed bytes. */
  report(): void {
    if (this.#waiting.length === 0) return;
    this.#flushed = this.#sent - this.#socket.bufferedAmount;
    while (this.#waiting[0] && this.#waiting[0].position <= this.#flushed) {
      this.#polls = 0;
      this.#waiting.shift()?.flushed();
    }
  }

  /** Calls nothing any more. */
  stop(): void {
    this.#waiting = [];
    clearTimeout(this.#timer);
  }

  readonly #poll = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isQueued = false;
    this.report();
    if (this.#waiting.length === 0) return;
    this.#polls += 1;
    if (this.#polls < MAX_TURNS) this.#queue();
    else this.#timer ??= setTimeout(this.#poll, 1);
  };

  #queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    queueTurn(this.#poll);
  }
}
