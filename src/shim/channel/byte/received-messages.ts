// Messages whose payloads stay where the link delivered them: the core has read them there, and knows their places.
import { joinBytes } from '../../platform/binary.ts';
import { host } from '../../platform/host.ts';
import { ASCII, LAST, TEXT } from '../../wasm/status.ts';
import { type Data, describe, flagsOf, MessageRun, type Messages, startOf } from './message-run.ts';
import { PartialMessage } from './partial-message.ts';

export class ReceivedMessages {
  /** Those that are complete, in order. */
  readonly #complete: Messages[] = [];
  /** How many of them, the last ones, are in the chunk that is being received, if it is borrowed, or were. */
  #borrowed = 0;
  #partial: PartialMessage | undefined;
  /** The number of complete messages. */
  length = 0;

  /**
   * Adds what the core's table names in a chunk.
   *
   * @param missing how many bytes the message lacks that isn't complete afterwards; 0 if that isn't known
   * @param isBorrowed whether {@link keep} will be called before the chunk is overwritten
   */
  addRanges(chunk: Uint8Array, table: Uint32Array, missing: number, isBorrowed: boolean): void {
    const { length } = table;
    for (let i = 0; i < length; ) {
      const start = i;
      while (i < length && !this.#partial && flagsOf(table[i] as number) & LAST) i += 2;
      if (i > start) this.#addRun(chunk, table, start, i, isBorrowed);
      if (i === length) break;
      const first = table[i] as number;
      const end = startOf(first) + (table[i + 1] as number);
      i += 2;
      this.add(chunk, startOf(first), end, flagsOf(first), i === length ? missing : 0, isBorrowed);
    }
  }

  /**
   * Adds a payload, or a part of one. The parameters are those of {@link addRanges}.
   *
   * @param flags TEXT, ASCII, and LAST for the last part
   */
  add(chunk: Uint8Array, start: number, end: number, flags: number, missing: number, isBorrowed: boolean): void {
    if (flags & LAST && !this.#partial) {
      this.#addRun(chunk, [describe(start, flags), end - start], 0, 2, isBorrowed);
      return;
    }
    this.#partial ??= new PartialMessage((flags & TEXT) !== 0, missing && end - start + missing);
    this.#partial.add(chunk.subarray(start, end), (flags & ASCII) !== 0, isBorrowed);
    if (!(flags & LAST)) return;
    this.#push(this.#partial, isBorrowed);
    this.#partial = undefined;
  }

  #addRun(chunk: Uint8Array, table: ArrayLike<number>, start: number, end: number, isBorrowed: boolean): void {
    this.#push(new MessageRun(chunk, 0, table, start, end), isBorrowed);
  }

  #push(messages: Messages, isBorrowed: boolean): void {
    this.#complete.push(messages);
    this.length += messages.length;
    if (isBorrowed) this.#borrowed += 1;
  }

  /** Keeps what wasn't taken of a borrowed chunk. */
  keep(): void {
    const { length } = this.#complete;
    for (let i = Math.max(length - this.#borrowed, 0); i < length; i += 1) {
      const messages = this.#complete[i];
      if (messages instanceof MessageRun) this.#complete[i] = host.keep?.(messages) ?? messages;
    }
    this.#borrowed = 0;
  }

  /**
   * Takes the data of the oldest complete message.
   *
   * @throws {unknown} if the engine can't hold it; the message is taken all the same
   */
  take(): Data {
    const messages = this.#complete[0] as Messages;
    if (messages.length === 1) this.#complete.shift();
    this.length -= 1;
    return messages.take();
  }

  /** Whether the oldest complete message is text. */
  get isText(): boolean {
    return this.#complete[0]?.isText === true;
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
    this.#borrowed = 0;
    this.length = 0;
  }
}
