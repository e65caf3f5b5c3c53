// Complete messages whose payloads are in one chunk.
import { copyOf } from '../../platform/binary.ts';
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

/** The data of a message. */
export type Data = string | Uint8Array<ArrayBuffer>;

/** Messages in order, one or more. */
export interface Messages {
  /** How many there are. */
  readonly length: number;
  /** Whether the first one is text. */
  readonly isText: boolean;
  /**
   * Takes the data of the first one.
   *
   * @throws {unknown} if the engine can't hold it; the message is taken all the same
   */
  take(): Data;
}

export class MessageRun implements Messages {
  readonly bytes: Uint8Array;
  /** Where the bytes start in the chunk. */
  readonly offset: number;
  /** The descriptions of the messages, from `next` to `end`. */
  readonly table: ArrayLike<number>;
  next: number;
  readonly end: number;

  constructor(bytes: Uint8Array, offset: number, table: ArrayLike<number>, next: number, end: number) {
    this.bytes = bytes;
    this.offset = offset;
    this.table = table;
    this.next = next;
    this.end = end;
  }

  get length(): number {
    return (this.end - this.next) / 2;
  }

  get isText(): boolean {
    return (flagsOf(this.table[this.next] as number) & TEXT) !== 0;
  }

  take(): Data {
    const first = this.table[this.next] as number;
    const start = startOf(first) - this.offset;
    const end = start + (this.table[this.next + 1] as number);
    const flags = flagsOf(first);
    this.next += 2;
    return flags & TEXT ? decode(this.bytes, start, end, (flags & ASCII) !== 0) : copyOf(this.bytes, start, end);
  }
}
