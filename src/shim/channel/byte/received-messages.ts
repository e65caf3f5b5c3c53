// Messages whose payloads stay where the link delivered them: the core has read them there, and knows their places.
import { concat, copyOf, joinBytes } from '../../platform/binary.ts';
import { decode, decodeParts } from '../../platform/text.ts';
import { ASCII, LAST, TEXT } from '../../wasm/status.ts';
import { PartialMessage } from './partial-message.ts';

/** A longer text in parts is decoded part by part, so that its bytes aren't copied. */
const MAX_JOINED = 16 * 1024 * 1024;

/** The description of a payload in the core's table: the upper byte of its first word. */
const FLAGS_SHIFT = 24;
const START_MASK = (1 << FLAGS_SHIFT) - 1;

/** How many messages that were taken may stand before the others. */
const MAX_TAKEN = 1_000;

/** A complete message. */
interface Received {
  /** The chunk with its payload; or all parts of it. */
  readonly bytes: Uint8Array | readonly Uint8Array[];
  readonly start: number;
  readonly end: number;
  /** TEXT and ASCII. */
  readonly flags: number;
}

export class ReceivedMessages {
  /** Those that are complete, in order. The first `#taken` were taken. */
  readonly #complete: (Received | undefined)[] = [];
  #taken = 0;
  #partial: PartialMessage | undefined;

  /** The number of complete messages. */
  get length(): number {
    return this.#complete.length - this.#taken;
  }

  /** Adds what the core's table names in a chunk. */
  addRanges(chunk: Uint8Array, table: Uint32Array): void {
    for (let i = 0; i < table.length; i += 2) {
      const first = table[i] as number;
      const start = first & START_MASK;
      this.add(chunk, start, start + (table[i + 1] as number), (first >>> FLAGS_SHIFT) * TEXT);
    }
  }

  /**
   * Adds a payload, or a part of one.
   *
   * @param flags TEXT, ASCII, and LAST for the last part
   */
  add(chunk: Uint8Array, start: number, end: number, flags: number): void {
    if (flags & LAST && !this.#partial) {
      this.#complete.push({ bytes: chunk, start, end, flags });
      return;
    }
    this.#partial ??= new PartialMessage();
    this.#partial.add(chunk.subarray(start, end), (flags & ASCII) !== 0);
    if (!(flags & LAST)) return;
    const { length, isAscii } = this.#partial;
    const bytes = this.#partial.parts();
    this.#complete.push({ bytes, start: 0, end: length, flags: (flags & TEXT) | (isAscii ? ASCII : 0) });
    this.#partial = undefined;
  }

  /**
   * Takes the data of the oldest complete message.
   *
   * @throws {unknown} if the engine can't hold it; the message is taken all the same
   */
  take(): string | Uint8Array<ArrayBuffer> {
    const message = this.#complete[this.#taken] as Received;
    this.#complete[this.#taken] = undefined;
    this.#taken += 1;
    if (this.length === 0 || this.#taken > MAX_TAKEN) {
      this.#complete.splice(0, this.#taken);
      this.#taken = 0;
    }
    return dataOf(message);
  }

  /** Whether the oldest complete message is text. */
  get isText(): boolean {
    return ((this.#complete[this.#taken]?.flags ?? 0) & TEXT) !== 0;
  }

  /** Takes the bytes of the message that isn't complete. */
  takePartial(): Uint8Array {
    const parts = this.#partial?.parts() ?? [];
    this.#partial = undefined;
    return joinBytes(parts);
  }

  /** Drops the complete messages. */
  clear(): void {
    this.#complete.length = 0;
    this.#taken = 0;
  }
}

function dataOf({ bytes, start, end, flags }: Received): string | Uint8Array<ArrayBuffer> {
  if (bytes instanceof Uint8Array) {
    return flags & TEXT ? decode(bytes, start, end, (flags & ASCII) !== 0) : copyOf(bytes, start, end);
  }
  if (!(flags & TEXT)) return concat(bytes);
  return end > MAX_JOINED ? decodeParts(bytes) : decode(joinBytes(bytes), 0, end, (flags & ASCII) !== 0);
}
