// Complete messages whose payloads are in one chunk.
import { allocateReusable, copyOf, release } from '../../platform/binary.ts';
import { decode } from '../../platform/text.ts';
import { ASCII, TEXT } from '../../wasm/status.ts';

/** The description of a payload: the upper byte of its first word, in units of TEXT. */
const FLAGS_SHIFT = 24;
const START_MASK = (1 << FLAGS_SHIFT) - 1;

/** The description of a payload in two words, as in the core's table: where it starts with its flags, and its length. */
export function startOf(word: number): number {
  return word & START_MASK;
}

/** The flags in the first word of a description. */
export function flagsOf(word: number): number {
  return (word >>> FLAGS_SHIFT) * TEXT;
}

/** The first word of a description. */
export function describe(start: number, flags: number): number {
  return start | ((flags / TEXT) << FLAGS_SHIFT);
}

/** From this average size on the data itself is kept, not a copy of the payloads. */
const MIN_MADE = 1024;

type Data = string | Uint8Array<ArrayBuffer>;

export class MessageRun {
  /** Undefined if there was no memory for them. */
  #bytes: Uint8Array | undefined;
  /** Where `#bytes` start in the chunk. */
  #offset = 0;
  /** The descriptions of the messages, from `#next` to `#end`. */
  readonly #table: ArrayLike<number>;
  #next: number;
  readonly #end: number;
  #isReusable = false;
  /** The data, in reverse order, if it was made before it is taken; undefined where there was no memory for it. */
  #data: (Data | undefined)[] | undefined;

  constructor(chunk: Uint8Array, table: ArrayLike<number>, start: number, end: number) {
    this.#bytes = chunk;
    this.#table = table;
    this.#next = start;
    this.#end = end;
  }

  /** The number of messages. */
  get length(): number {
    return (this.#end - this.#next) / 2;
  }

  /** Whether the first message is text. */
  get isText(): boolean {
    return (flagsOf(this.#table[this.#next] as number) & TEXT) !== 0;
  }

  /**
   * Takes the data of the first message.
   *
   * @throws {unknown} if the engine can't hold it; the message is taken all the same
   */
  take(): Data {
    const at = this.#next;
    this.#next += 2;
    const data = this.#data ? this.#data.pop() : this.#dataAt(at);
    if (this.#isReusable && this.#bytes && this.#next === this.#end) release(this.#bytes);
    if (data === undefined) throw noMemory();
    return data;
  }

  #dataAt(at: number): Data {
    const bytes = this.#bytes;
    if (!bytes) throw noMemory();
    const first = this.#table[at] as number;
    const start = startOf(first) - this.#offset;
    const end = start + (this.#table[at + 1] as number);
    const flags = flagsOf(first);
    return flags & TEXT ? decode(bytes, start, end, (flags & ASCII) !== 0) : copyOf(bytes, start, end);
  }

  #tryDataAt(at: number): Data | undefined {
    try {
      return this.#dataAt(at);
    } catch {
      return undefined;
    }
  }

  /** Keeps the payloads or their data: the chunk's memory will be overwritten. */
  keep(): void {
    if (this.#next === this.#end) return;
    try {
      this.#keep(this.#bytes as Uint8Array);
    } catch {
      this.#bytes = undefined;
    }
  }

  #keep(bytes: Uint8Array): void {
    const start = startOf(this.#table[this.#next] as number);
    const end = startOf(this.#table[this.#end - 2] as number) + (this.#table[this.#end - 1] as number);
    if (end - start >= MIN_MADE * this.length) {
      this.#data = [];
      for (let at = this.#end - 2; at >= this.#next; at -= 2) this.#data.push(this.#tryDataAt(at));
      this.#bytes = undefined;
      return;
    }
    const copy = allocateReusable(end - start);
    copy.set(bytes.subarray(start, end));
    this.#bytes = copy;
    this.#offset = start;
    this.#isReusable = true;
  }
}

function noMemory(): RangeError {
  return new RangeError('There was no memory for the message.');
}
