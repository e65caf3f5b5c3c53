// From the core to the link: writes output as fast as the transport accepts it, and reports flushed bytes.
import { queueLater, queueStep, queueTurn } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { GuardedLink } from '../../transports/guarded-link.ts';
import { CLOSING_HANDSHAKE } from '../../wasm/status.ts';
import { type MessageParts, PART } from './message-parts.ts';
import type { SocketRef } from './socket-ref.ts';

/**
 * How many bytes of output may be in flight in the transport; the rest stays in the core, and is written at once later.
 */
const MAX_IN_FLIGHT = 1024 * 1024;

/** How many bytes of output may wait in the core when the next part of a message is put there. */
const MAX_WAITING = 64 * 1024;

/** The core gives no more output at a time: `MAX_OUTPUT` in src/dom/socket/driver.rs. */
const MAX_OUTPUT = 128 * 1024;

/** So much output is taken from the core as soon as it is there: its memory never shrinks. */
const MAX_IN_CORE = 64 * 1024;

/** States of the next report. */
const NO_REPORT = 0;
const LATER = 1;
const NEXT_TURN = 2;

/** The owner of an {@link OutputWriter}. */
export interface OutputOwner {
  /** The core has more to write, or flushed bytes were reported to it. */
  changed(): void;
  /** As of the last report of flushed bytes. */
  bufferedAmount: number;
  /** Set while somebody waits for `bufferedAmount` to fall. */
  readonly onDrain: (() => void) | undefined;
}

export class OutputWriter {
  readonly #ref: SocketRef;
  readonly #owner: OutputOwner;
  /** The link to write to. */
  link: GuardedLink | undefined;
  #lastId = 0;
  /** The payloads of messages that are sent in parts, by the core's ids of the messages. */
  #parts: Map<number, MessageParts> | undefined;
  /** Whether a part is being read from a Blob. */
  #reading = false;
  /** Output that was taken from the core and not written. */
  #taken: Uint8Array[] | undefined;
  /** The bytes of payload sent since output was last taken from the core. */
  unwritten = 0;
  /** Whether there may be output that waits for the link. */
  #waiting = false;
  /** Bytes passed to the link that it has not flushed. */
  #inFlight = 0;
  /** Flushed bytes that were not reported to the core. */
  #unreported = 0;
  /** Whether a report is scheduled, and whether for the next turn. */
  #reporting: number = NO_REPORT;

  constructor(ref: SocketRef, owner: OutputOwner) {
    this.#ref = ref;
    this.#owner = owner;
  }

  /** Registers the payload of a message that is about to be sent, unless it is sent now. Returns an id for it. */
  addParts(parts: MessageParts | undefined): number {
    this.#lastId += 1;
    if (parts) {
      this.#parts ??= new Map();
      this.#parts.set(this.#lastId, parts);
    }
    return this.#lastId;
  }

  /** Removes the payload of a message that wasn't sent after all. */
  removeParts(id: number): void {
    this.#parts?.delete(id);
  }

  /** Records that a payload was framed. */
  sent(length: number): void {
    this.unwritten += length;
    if (this.unwritten >= MAX_IN_CORE) this.take();
  }

  /**
   * Takes the output from the core. It is called while a caller sends, whose stack may overflow: after the core has given
   * output away no function may be called before it is kept.
   */
  take(): void {
    const { headroom = 0, reusable = false } = this.link ?? {};
    this.#taken ??= [];
    for (;;) {
      const output = this.#ref.socket?.takeOutput(headroom, reusable);
      if (output) this.#taken[this.#taken.length] = output;
      else if (output === null) this.#failed();
      if (!output) break;
    }
    this.unwritten = 0;
  }

  /** Frames a message of which `bytes` are the whole payload, in parts. The core must want them. */
  sendParts(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PART) {
      this.#ref.update(this.#ref.socket?.bringPart(bytes.subarray(at, at + PART), now()));
      this.take();
    }
  }

  /** Writes output, if the link has room for it. */
  write(): void {
    const link = this.link;
    this.unwritten = 0;
    // A link may flush within its `write`, and be answered there: the rest of a long output waits for another step.
    let written = 0;
    this.#waiting = true;
    while (link && this.#inFlight <= MAX_IN_FLIGHT && written <= MAX_IN_FLIGHT) {
      this.#bringParts();
      const length = this.#writeChunk(link);
      written += length;
      if (length >= MAX_OUTPUT || this.#taken?.length || (length > 0 && this.#hasParts)) continue;
      this.#waiting = this.#hasParts;
      return;
    }
  }

  /** Writes all output, whatever is in flight: nothing can be written later. */
  writeAll(): void {
    this.write();
    while (this.link && this.#writeChunk(this.link) > 0);
  }

  get #hasParts(): boolean {
    return Boolean(this.#parts?.size);
  }

  /** Returns how many bytes there were. */
  #writeChunk(link: GuardedLink): number {
    const { headroom, reusable } = link;
    const output = this.#taken?.shift() ?? this.#ref.socket?.takeOutput(headroom, reusable);
    if (!output) {
      // null: the engine has no memory for it, and the connection has failed.
      if (output === null) this.#failed();
      return 0;
    }
    const { length } = output;
    this.#inFlight += length;
    link.write(output, () => this.#flushed(length));
    return length;
  }

  #failed(): void {
    this.#ref.update(this.#ref.socket?.status());
    this.#owner.changed();
  }

  /** Reports flushed bytes to the core. To be called in a task of its own: `bufferedAmount` never drops within one. */
  report(): void {
    const bytes = this.#unreported;
    if (bytes === 0) return;
    const bufferedAmount = this.#ref.socket?.written(bytes, now());
    this.#unreported -= bytes;
    if (bufferedAmount === undefined) return;
    this.#owner.bufferedAmount = bufferedAmount;
    // The closing handshake may be complete with it.
    if (this.#ref.status & CLOSING_HANDSHAKE) this.#ref.update(this.#ref.socket?.status());
  }

  /** Writes no more. */
  close(): void {
    this.link = undefined;
    this.#parts = undefined;
    this.#taken = undefined;
  }

  /** Writes no more, and returns the rest of the output in chunks: none if the core discarded its output. */
  takeAll(wasClean: boolean): Uint8Array[] {
    const before = this.#taken?.length ?? 0;
    this.take();
    const taken = this.#taken ?? [];
    this.close();
    return wasClean || taken.length > before ? taken : [];
  }

  /** Passes parts of messages to the core, as long as it wants some and has room for them. */
  #bringParts(): void {
    while (this.#hasParts && !this.#reading) {
      const core = this.#ref.socket;
      const id = core?.wanted;
      if (!core || id === undefined || (core.outputLength ?? 0) >= MAX_WAITING) return;
      const part = this.#parts?.get(id)?.next();
      if (part instanceof Uint8Array) this.#bringPart(id, part);
      else if (part) this.#readPart(id, part);
      else this.#failPart();
    }
  }

  async #readPart(id: number, part: Promise<Uint8Array>): Promise<void> {
    this.#reading = true;
    try {
      this.#bringPart(id, await part);
      this.#reading = false;
    } catch {
      this.#failPart();
    }
  }

  #bringPart(id: number, part: Uint8Array): void {
    this.#owner.changed();
    this.#ref.update(this.#ref.socket?.bringPart(part, now()));
    if (this.#ref.socket?.wanted !== id) this.#parts?.delete(id);
  }

  #failPart(): void {
    this.#owner.changed();
    this.#ref.update(this.#ref.socket?.partFailed());
  }

  /** Counts last: if the stack overflows before that, the link may report it again. */
  #flushed(bytes: number): void {
    if (this.#waiting) queueStep(() => this.#owner.changed());
    this.#scheduleReport();
    this.#inFlight -= bytes;
    this.#unreported += bytes;
  }

  /** In the next turn if something depends on it; otherwise it may wait for other work. */
  #scheduleReport(): void {
    const isUrgent = this.#waiting || this.#owner.onDrain || this.#ref.status & CLOSING_HANDSHAKE;
    if (isUrgent && this.#reporting !== NEXT_TURN) {
      queueTurn(() => this.#reportInTurn());
      this.#reporting = NEXT_TURN;
    } else if (this.#reporting === NO_REPORT) {
      queueLater(() => this.#reportInTurn());
      this.#reporting = LATER;
    }
  }

  #reportInTurn(): void {
    this.#reporting = NO_REPORT;
    if (this.#unreported === 0) return;
    this.report();
    this.#owner.changed();
  }
}
