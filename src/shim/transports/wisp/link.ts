// One stream of a carrier: one TCP connection of the relay's.

import { queueTurn } from '../../platform/event-loop.ts';
import { MAX_UNREAD, tooMuchUnread } from '../link-failures.ts';
import type { Link, LinkSink } from '../types.ts';
import type { Attempt, Carrier } from './carrier.ts';
import { encodeClose, encodeData, MAX_PAYLOAD } from './packets.ts';

export class WispLink implements Link {
  readonly ownTasks: boolean;
  readonly #carrier: Carrier;
  readonly #id: number;
  /** Undefined after the server's first byte. */
  #attempt: Attempt | undefined;
  /** How many more DATA packets may be sent before the next CONTINUE. */
  #credit = 0;
  readonly #waiting: { chunk: Uint8Array; flushed: () => void }[] = [];
  #ending = false;
  #sink: LinkSink | undefined;
  #paused = true;
  readonly #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  /** Set once the stream is closed, by either side. It is reported after the unread bytes. */
  #end: { error: Error | undefined } | undefined;

  constructor(carrier: Carrier, id: number, attempt: Attempt) {
    this.ownTasks = carrier.ownTasks;
    this.#carrier = carrier;
    this.#id = id;
    this.#attempt = attempt;
  }

  open(sink: LinkSink): void {
    this.#sink = sink;
    this.resume();
  }

  write(chunk: Uint8Array, flushed: () => void): void {
    this.#waiting.push({ chunk, flushed });
    this.#flush();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused) {
      const chunk = this.#unread.shift();
      if (!chunk) break;
      this.#unreadBytes -= chunk.length;
      this.#sink?.data(chunk);
    }
    this.#reportEnd();
  }

  end(): void {
    this.#ending = true;
    this.#flush();
  }

  destroy(): void {
    this.#sink = undefined;
    this.#waiting.length = 0;
    this.#unread.length = 0;
    if (this.#attempt) this.#carrier.attemptEnded(this.#attempt);
    this.#attempt = undefined;
    this.end();
  }

  /** Takes bytes from the server. */
  deliver(chunk: Uint8Array): void {
    this.#attempt = undefined;
    if (!this.#paused) {
      this.#sink?.data(chunk);
      return;
    }
    this.#unread.push(chunk);
    this.#unreadBytes += chunk.length;
    if (this.#unreadBytes > MAX_UNREAD) this.#overflow();
  }

  /** Fails although the link is paused; one that isn't open yet fails when it is opened. */
  #overflow(): void {
    const error = tooMuchUnread();
    const sink = this.#sink;
    this.destroy();
    this.#end = { error };
    sink?.fail(error);
  }

  /** Sets how many DATA packets may be sent from now on. */
  refill(credit: number): void {
    this.#credit = credit;
    this.#flush();
  }

  /** Records that the stream is closed. */
  closed(error?: Error): void {
    this.#end ??= { error };
    this.#waiting.length = 0;
    this.#reportEnd();
  }

  #reportEnd(): void {
    if (!this.#end || this.#paused) return;
    const sink = this.#sink;
    this.#sink = undefined;
    if (this.#end.error) sink?.fail(this.#end.error);
    else sink?.end();
  }

  #flush(): void {
    // Sending may close the stream, if the carrier breaks.
    while (!this.#end && this.#credit > 0 && this.#waiting[0]) {
      if (this.#carrier.full) {
        this.#carrier.whenFlushed(() => this.#flush());
        return;
      }
      const { chunk, flushed } = this.#waiting[0];
      if (chunk.length > MAX_PAYLOAD) {
        this.#waiting[0].chunk = chunk.subarray(MAX_PAYLOAD);
      } else {
        this.#waiting.shift();
      }
      this.#credit -= 1;
      this.#carrier.send(encodeData(this.#id, chunk.subarray(0, MAX_PAYLOAD)));
      if (chunk.length <= MAX_PAYLOAD) this.#carrier.whenFlushed(flushed);
    }
    if (!this.#end && this.#ending && this.#waiting.length === 0) {
      this.#end = { error: undefined };
      this.#carrier.send(encodeClose(this.#id));
      this.#carrier.forget(this.#id);
      // CLOSE ends both directions: the relay doesn't report the server's end.
      queueTurn(() => this.#reportEnd());
    }
  }
}
