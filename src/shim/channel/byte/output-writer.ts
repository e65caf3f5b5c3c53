// From the core to the link: writes output as fast as the transport accepts it, and reports flushed bytes.
import { queueStep, queueTurn } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { Link } from '../../transports/types.ts';
import type { MessageParts } from './message-parts.ts';
import type { SocketRef } from './socket-ref.ts';

/**
 * How many bytes of output may be in flight in the transport; the rest stays in the core, and is written at once later.
 */
const MAX_IN_FLIGHT = 1024 * 1024;

/** How many bytes of output may wait in the core when the next part of a message is put there. */
const MAX_WAITING = 1024 * 1024;

export class OutputWriter {
  readonly #ref: SocketRef;
  readonly #changed: () => void;
  readonly #buffered: (bufferedAmount: number) => void;
  #link: Link | undefined;
  #lastId = 0;
  /** The payloads of messages that are sent in parts, by the core's ids of the messages. */
  readonly #parts = new Map<number, MessageParts>();
  /** Whether a part is being read from a Blob. */
  #reading = false;
  /** Bytes passed to the link that it has not flushed. */
  #inFlight = 0;
  /** Flushed bytes that were not reported to the core. */
  #unreported = 0;

  /**
   * @param changed called when the core has more to write, or flushed bytes were reported to it
   * @param buffered called with `bufferedAmount` after bytes were reported
   */
  constructor(ref: SocketRef, changed: () => void, buffered: (bufferedAmount: number) => void) {
    this.#ref = ref;
    this.#changed = changed;
    this.#buffered = buffered;
  }

  /** Sets the link to write to. */
  setLink(link: Link): void {
    this.#link = link;
  }

  /** Registers the payload of a message that is about to be sent. Returns an id for it. */
  addParts(parts: MessageParts): number {
    this.#lastId += 1;
    this.#parts.set(this.#lastId, parts);
    return this.#lastId;
  }

  /** Removes the payload of a message that wasn't sent after all. */
  removeParts(id: number): void {
    this.#parts.delete(id);
  }

  /** Writes the core's output, if the link has room for it. */
  write(): void {
    if (!this.#link || this.#inFlight > MAX_IN_FLIGHT) return;
    this.#bringParts();
    this.#writeChunk(this.#link);
  }

  /** Writes all of the core's output, whatever is in flight: nothing can be written later. */
  writeAll(): void {
    this.write();
    while (this.#link && (this.#ref.socket?.outputLength ?? 0) > 0) this.#writeChunk(this.#link);
  }

  #writeChunk(link: Link): void {
    const output = this.#ref.socket?.takeOutput();
    // The engine has no memory for it, and the connection has failed.
    if (output === null) this.#changed();
    if (!output) return;
    this.#inFlight += output.length;
    link.write(output, () => this.#flushed(output.length));
  }

  /** Reports flushed bytes to the core. To be called in a task of its own: `bufferedAmount` never drops within one. */
  report(): void {
    if (this.#unreported === 0) return;
    const bufferedAmount = this.#ref.socket?.written(this.#unreported, now());
    this.#unreported = 0;
    if (bufferedAmount !== undefined) this.#buffered(bufferedAmount);
  }

  /** Writes no more. */
  close(): void {
    this.#link = undefined;
    this.#parts.clear();
  }

  /** Writes no more, and returns the rest of the core's output in chunks. */
  takeAll(): Uint8Array[] {
    this.close();
    const chunks: Uint8Array[] = [];
    for (let chunk = this.#ref.socket?.takeOutput(); chunk; chunk = this.#ref.socket?.takeOutput()) chunks.push(chunk);
    return chunks;
  }

  /** Passes parts of messages to the core, as long as it wants some and has room for them. */
  #bringParts(): void {
    for (;;) {
      const core = this.#ref.socket;
      if (!core || this.#reading || core.wanted === undefined || (core.outputLength ?? 0) >= MAX_WAITING) return;
      const id = core.wanted;
      const part = this.#parts.get(id)?.next();
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
    this.#changed();
    this.#ref.socket?.bringPart(part, now());
    if (this.#ref.socket?.wanted !== id) this.#parts.delete(id);
  }

  #failPart(): void {
    this.#changed();
    this.#ref.socket?.partFailed();
  }

  /** Counts last: if the stack overflows before that, the link may report it again. */
  #flushed(bytes: number): void {
    if (this.#unreported === 0) {
      queueTurn(() => {
        this.report();
        this.#changed();
      });
    }
    const core = this.#ref.socket;
    if (core && ((core.outputLength ?? 0) > 0 || core.wanted !== undefined)) queueStep(this.#changed);
    this.#inFlight -= bytes;
    this.#unreported += bytes;
  }
}
