// One stream of a carrier: one TCP connection of the relay's.

import { queueTurn } from '../../platform/event-loop.ts';
import { BuiltInLink } from '../built-in-link.ts';
import { tooMuchUnread } from '../link-failures.ts';
import type { Attempt, Carrier } from './carrier.ts';
import { encodeClose, encodeData, HEADER, MAX_PAYLOAD, writeDataHeader } from './packets.ts';

/** What waits to be sent. */
interface Waiting {
  chunk: Uint8Array<ArrayBuffer>;
  readonly flushed: () => void;
  /** Whether the bytes in front of the chunk, in its buffer, may be overwritten. */
  readonly owned: boolean;
}

export class WispLink extends BuiltInLink {
  override readonly ownTasks: boolean;
  readonly #carrier: Carrier;
  readonly #id: number;
  /** Undefined after the server's first byte. */
  #attempt: Attempt | undefined;
  /** How many more DATA packets may be sent before the next CONTINUE. */
  #credit = 0;
  readonly #waiting: Waiting[] = [];
  #ending = false;
  /** Whether the stream is closed, by either side. */
  #closed = false;

  constructor(carrier: Carrier, id: number, attempt: Attempt) {
    super();
    this.ownTasks = carrier.ownTasks;
    this.#carrier = carrier;
    this.#id = id;
    this.#attempt = attempt;
  }

  override get headroom(): number {
    return this.#carrier.copies ? HEADER : 0;
  }

  override write(chunk: Uint8Array<ArrayBuffer>, flushed: () => void, owned = false): void {
    this.#waiting.push({ chunk, flushed, owned: owned && this.headroom > 0 && chunk.byteOffset >= HEADER });
    this.#flush();
  }

  override end(): void {
    this.#ending = true;
    this.#flush();
  }

  override destroy(): void {
    this.removeSink();
    this.#waiting.length = 0;
    if (this.#attempt) this.#carrier.attemptEnded(this.#attempt);
    this.#attempt = undefined;
    this.end();
  }

  /** Takes bytes from the server. */
  receive(chunk: Uint8Array): void {
    this.#attempt = undefined;
    if (!this.deliver(chunk)) this.#overflow();
  }

  /** Fails although the link is paused; one that isn't open yet fails when it is opened. */
  #overflow(): void {
    const error = tooMuchUnread();
    const sink = this.removeSink();
    this.destroy();
    this.receivedAll({ error });
    sink?.fail(error);
  }

  /** Sets how many DATA packets may be sent from now on. */
  refill(credit: number): void {
    this.#credit = credit;
    this.#flush();
  }

  /** Records that the stream is closed. */
  closed(error?: Error): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.receivedAll(error && { error });
  }

  #flush(): void {
    // Sending may close the stream, if the carrier breaks.
    while (!this.#closed && this.#credit > 0 && this.#waiting[0]) {
      if (this.#carrier.full) {
        this.#carrier.whenFlushed(() => this.#flush());
        return;
      }
      const waiting = this.#waiting[0];
      const { chunk, flushed } = waiting;
      const isLast = chunk.length <= MAX_PAYLOAD;
      if (isLast) this.#waiting.shift();
      else waiting.chunk = chunk.subarray(MAX_PAYLOAD);
      this.#credit -= 1;
      this.#carrier.send(this.#packet(isLast ? chunk : chunk.subarray(0, MAX_PAYLOAD), waiting.owned));
      if (isLast) this.#carrier.whenFlushed(flushed);
    }
    if (!this.#closed && this.#ending && this.#waiting.length === 0) {
      this.#closed = true;
      this.#carrier.send(encodeClose(this.#id));
      this.#carrier.forget(this.#id);
      // CLOSE ends both directions: the relay doesn't report the server's end.
      queueTurn(() => this.receivedAll());
    }
  }

  /** The packet of a payload. One that is owned becomes it by a header in front: those bytes were sent already. */
  #packet(payload: Uint8Array<ArrayBuffer>, owned: boolean): Uint8Array<ArrayBuffer> {
    if (!owned) return encodeData(this.#id, payload);
    const packet = new Uint8Array(payload.buffer, payload.byteOffset - HEADER, HEADER + payload.length);
    writeDataHeader(packet, this.#id);
    return packet;
  }
}
