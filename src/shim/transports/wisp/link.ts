// One stream of a carrier: one TCP connection of the relay's.
import { queueTurn } from '../../platform/event-loop.ts';
import { TransportError } from '../transport-error.ts';
import type { Link, LinkSink } from '../types.ts';
import type { Attempt, Carrier } from './carrier.ts';
import { encodeClose, encodeData, MAX_PAYLOAD } from './packets.ts';

/** How much may be kept for a page that doesn't read, in bytes. */
const MAX_UNREAD = 64 * 1024 * 1024;

export class WispLink implements Link {
  readonly ownTasks: boolean;
  readonly #carrier: Carrier;
  readonly #id: number;
  /** Until the server's first byte. */
  #attempt: Attempt | undefined;
  /** How many more DATA packets the relay takes now. */
  #credit = 0;
  readonly #waiting: { chunk: Uint8Array; left: () => void }[] = [];
  #ending = false;
  #sink: LinkSink | undefined;
  #paused = true;
  readonly #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  /** Set once the stream is closed, by either side. The sink gets it after what is unread. */
  #last: { error: Error | undefined } | undefined;

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

  write(chunk: Uint8Array, left: () => void): void {
    this.#waiting.push({ chunk, left });
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
    this.#sayLast();
  }

  end(): void {
    this.#ending = true;
    this.#flush();
  }

  destroy(): void {
    this.#sink = undefined;
    this.#waiting.length = 0;
    this.#unread.length = 0;
    if (this.#attempt) this.#carrier.givenUp(this.#attempt);
    this.#attempt = undefined;
    this.end();
  }

  /** Takes the server's bytes. */
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

  /** Fails although it is paused; where it isn't open yet, when it is opened. */
  #overflow(): void {
    const error = new TransportError('too-much-unread', 'More than 64 MiB from the server were left unread.');
    const sink = this.#sink;
    this.destroy();
    this.#last = { error };
    sink?.fail(error);
  }

  /** Sets how many DATA packets the relay takes from now on. */
  refill(credit: number): void {
    this.#credit = credit;
    this.#flush();
  }

  /** Records that the stream is closed. */
  over(error?: Error): void {
    this.#last ??= { error };
    this.#waiting.length = 0;
    this.#sayLast();
  }

  #sayLast(): void {
    if (!this.#last || this.#paused) return;
    const sink = this.#sink;
    this.#sink = undefined;
    if (this.#last.error) sink?.fail(this.#last.error);
    else sink?.end();
  }

  #flush(): void {
    // Sending may close the stream: the carrier breaks then.
    while (!this.#last && this.#credit > 0 && this.#waiting[0]) {
      if (this.#carrier.full) {
        this.#carrier.whenSent(() => this.#flush());
        return;
      }
      const { chunk, left } = this.#waiting[0];
      if (chunk.length > MAX_PAYLOAD) {
        this.#waiting[0].chunk = chunk.subarray(MAX_PAYLOAD);
      } else {
        this.#waiting.shift();
      }
      this.#credit -= 1;
      this.#carrier.send(encodeData(this.#id, chunk.subarray(0, MAX_PAYLOAD)));
      if (chunk.length <= MAX_PAYLOAD) this.#carrier.whenSent(left);
    }
    if (!this.#last && this.#ending && this.#waiting.length === 0) {
      this.#last = { error: undefined };
      this.#carrier.send(encodeClose(this.#id));
      this.#carrier.forget(this.#id);
      // CLOSE ends both directions: the relay won't report the server's end.
      queueTurn(() => this.#sayLast());
    }
  }
}
