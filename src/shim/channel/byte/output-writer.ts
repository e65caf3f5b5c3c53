// From the core to the link: writes output as fast as the transport takes it, and reports what has been flushed.
import { queueStep, queueTurn } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { Link } from '../../transports/types.ts';
import type { CoreRef } from './core-ref.ts';
import type { MessageParts } from './message-parts.ts';

/** How many bytes of output may be in flight in the transport; more stay in the core and leave as one write. */
const MAX_IN_FLIGHT = 1024 * 1024;

/** How many bytes of output may wait in the core when the next part of a message is put there. */
const MAX_WAITING = 1024 * 1024;

export class OutputWriter {
  readonly #core: CoreRef;
  readonly #changed: () => void;
  readonly #buffered: (bufferedAmount: number) => void;
  #link: Link | undefined;
  #lastId = 0;
  /** The payloads of messages that are sent in parts, by the ids that the core has for the messages. */
  readonly #parts = new Map<number, MessageParts>();
  /** Whether a part is being read from a Blob. */
  #reading = false;
  /** Bytes given to the link that it has not flushed, and bytes flushed that were not reported to the core. */
  #inFlight = 0;
  #unreported = 0;

  /**
   * @param changed called when the core has more to write, or flushed bytes were reported to it
   * @param buffered called with `bufferedAmount` after bytes were reported
   */
  constructor(core: CoreRef, changed: () => void, buffered: (bufferedAmount: number) => void) {
    this.#core = core;
    this.#changed = changed;
    this.#buffered = buffered;
  }

  /** Sets the link to write to. */
  open(link: Link): void {
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
  flush(): void {
    if (!this.#link || this.#inFlight > MAX_IN_FLIGHT) return;
    this.#sendParts();
    const output = this.#core.socket?.takeOutput();
    if (!output) return;
    this.#inFlight += output.length;
    this.#link.write(output, () => this.#flushed(output.length));
  }

  /** Reports flushed bytes to the core. To be called in a task of its own: `bufferedAmount` never drops within one. */
  report(): void {
    if (this.#unreported === 0) return;
    const bufferedAmount = this.#core.socket?.written(this.#unreported, now());
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
    for (let chunk = this.#core.socket?.takeOutput(); chunk; chunk = this.#core.socket?.takeOutput())
      chunks.push(chunk);
    return chunks;
  }

  /** Gives the core parts of messages, as long as it wants some and has room for them. */
  #sendParts(): void {
    for (;;) {
      const core = this.#core.socket;
      if (!core || this.#reading || core.wanted === undefined || (core.outputLength ?? 0) >= MAX_WAITING) return;
      const id = core.wanted;
      const part = this.#parts.get(id)?.next();
      if (part instanceof Uint8Array) this.#sendPart(id, part);
      else if (part) this.#readPart(id, part);
      else core.partFailed();
    }
  }

  async #readPart(id: number, part: Promise<Uint8Array>): Promise<void> {
    this.#reading = true;
    try {
      this.#sendPart(id, await part);
      this.#reading = false;
    } catch {
      this.#core.socket?.partFailed();
    }
    this.#changed();
  }

  #sendPart(id: number, part: Uint8Array): void {
    this.#core.socket?.bringPart(part, now());
    if (this.#core.socket?.wanted !== id) this.#parts.delete(id);
  }

  /** Counts last: where the stack overflows before that, the link may report it again. */
  #flushed(bytes: number): void {
    if (this.#unreported === 0) {
      queueTurn(() => {
        this.report();
        this.#changed();
      });
    }
    const core = this.#core.socket;
    if (core && ((core.outputLength ?? 0) > 0 || core.wanted !== undefined)) queueStep(this.#changed);
    this.#inFlight -= bytes;
    this.#unreported += bytes;
  }
}
