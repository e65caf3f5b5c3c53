// One stream of a carrier: one TCP connection of the relay's.

import { concat } from '../../platform/binary.ts';
import { queueTurn } from '../../platform/event-loop.ts';
import { clearTimeout, now, setTimeout } from '../../platform/globals.ts';
import { BuiltInLink } from '../built-in-link.ts';
import { aborted, tooMuchUnread } from '../link-failures.ts';
import { HEADER, header } from '../records.ts';
import type { Carrier } from './carrier.ts';
import { DATA, encodeClose, MAX_PAYLOAD } from './packets.ts';
import { MAX_STALE } from './suspect.ts';

/** What waits to be sent. */
interface Waiting {
  chunk: Uint8Array<ArrayBuffer>;
  readonly flushed: () => void;
  /** Whether the bytes in front of the chunk, in its buffer, may be overwritten. */
  readonly owned: boolean;
}

export class WispStream extends BuiltInLink {
  override readonly ownTasks: boolean;
  readonly #carrier: Carrier;
  readonly #id: number;
  /** The CONNECT packet, until it is sent. */
  #request: Uint8Array<ArrayBuffer> | undefined;
  /** Called once the stream is connected, as far as that is known, or with an error. */
  #settle: ((error?: unknown) => void) | undefined;
  /** Since when the server hasn't answered: the attempt to connect, or the first bytes sent since its last ones. */
  #asked: number | undefined;
  /** How many more DATA packets may be sent before the next CONTINUE. */
  #credit = 0;
  #creditTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #waiting: Waiting[] = [];
  #ending = false;
  /** Whether the stream is closed, by either side. */
  #closed = false;

  /** @param settle called once, with an error if the stream isn't connected */
  constructor(carrier: Carrier, id: number, request: Uint8Array<ArrayBuffer>, settle: (error?: unknown) => void) {
    super();
    this.ownTasks = carrier.ownTasks;
    this.#carrier = carrier;
    this.#id = id;
    this.#request = request;
    this.#settle = settle;
    this.#asked = now();
  }

  override get headroom(): number {
    return this.#carrier.copies ? HEADER : 0;
  }

  override get room(): number {
    const isReady = this.#credit > 0 && !this.#closed && this.#waiting.length === 0 && this.headroom > 0;
    return isReady && !this.#carrier.backlog.full ? MAX_PAYLOAD : 0;
  }

  /** Sends CONNECT. */
  begin(credit = 0, confirms = false): void {
    const request = this.#request;
    this.#request = undefined;
    if (request) this.#carrier.send(request);
    this.#credit = credit;
    if (!confirms) this.#settled();
  }

  #settled(error?: unknown): void {
    this.#settle?.(error);
    this.#settle = undefined;
  }

  override write(chunk: Uint8Array<ArrayBuffer>, flushed: () => void, owned = false): void {
    this.#asked ??= now();
    this.#waiting.push({ chunk, flushed, owned: owned && this.headroom > 0 && chunk.byteOffset >= HEADER });
    this.#flush();
  }

  override borrow(chunk: Uint8Array<ArrayBuffer>): number {
    this.#asked ??= now();
    this.#carrier.trySend(this.#packet(chunk, true));
    this.#credit -= 1;
    return this.#carrier.backlog.sent;
  }

  override whenFlushed(position: number, flushed: () => void): void {
    this.#carrier.backlog.whenFlushed(flushed, position);
  }

  override end(): void {
    this.#ending = true;
    this.#flush();
  }

  override destroy(): void {
    this.removeSink();
    this.#waiting.length = 0;
    this.end();
    this.#settled(aborted());
  }

  /** Takes bytes from the server. */
  receive(chunk: Uint8Array): void {
    this.#asked = undefined;
    this.#settled();
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

  /** Takes a CONTINUE. */
  refill(credit: number): void {
    this.#settled();
    this.#credit = credit;
    this.#stopTimer();
    this.#flush();
  }

  /** Records that the relay or the carrier closed the stream. */
  closed(error?: unknown): void {
    this.#close();
    this.#settled(error);
    this.receivedAll(error ? { error } : undefined);
  }

  #close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.#stopTimer();
  }

  #flush(): void {
    // Sending may close the stream, if the carrier breaks.
    while (!this.#closed && this.#credit > 0 && this.#waiting[0]) {
      const { backlog } = this.#carrier;
      if (backlog.full) {
        backlog.whenFlushed(() => this.#flush());
        return;
      }
      const waiting = this.#waiting[0];
      const { chunk, flushed } = waiting;
      const isLast = chunk.length <= MAX_PAYLOAD;
      if (isLast) this.#waiting.shift();
      else waiting.chunk = chunk.subarray(MAX_PAYLOAD);
      this.#credit -= 1;
      this.#carrier.send(
        this.#packet(isLast ? chunk : chunk.subarray(0, MAX_PAYLOAD), waiting.owned && this.headroom > 0),
      );
      if (isLast) backlog.whenFlushed(flushed);
    }
    if (this.#closed) return;
    if (this.#waiting.length > 0) this.#awaitCredit();
    else if (this.#ending) this.#finish();
  }

  /** A server that doesn't read gets no credit either: only the carrier's silence counts. */
  #awaitCredit(): void {
    const asked = now();
    this.#creditTimer ??= setTimeout(() => {
      this.#carrier.unanswered(asked);
      this.#stopTimer();
      this.#awaitCredit();
    }, MAX_STALE);
  }

  #stopTimer(): void {
    clearTimeout(this.#creditTimer);
    this.#creditTimer = undefined;
  }

  #finish(): void {
    this.#close();
    if (this.#asked !== undefined) this.#carrier.unanswered(this.#asked);
    if (!this.#request) this.#carrier.send(encodeClose(this.#id));
    this.#carrier.forget(this.#id);
    // CLOSE ends both directions: the relay doesn't report the server's end.
    queueTurn(() => this.receivedAll());
  }

  /** The packet of a payload. One that is owned becomes it by a header in front: those bytes were sent already. */
  #packet(payload: Uint8Array<ArrayBuffer>, owned: boolean): Uint8Array<ArrayBuffer> {
    const start = header(DATA, this.#id);
    if (!owned) return concat([start, payload]);
    const packet = new Uint8Array(payload.buffer, payload.byteOffset - HEADER, HEADER + payload.length);
    packet.set(start);
    return packet;
  }
}
