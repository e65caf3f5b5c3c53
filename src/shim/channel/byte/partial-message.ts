// The message whose payload is being received.
import { allocate, allocateReusable, concat, joinBytes, release } from '../../platform/binary.ts';
import { decode, decodeParts } from '../../platform/text.ts';

/** Parts that are shorter are copied together: a peer may send a message byte by byte. */
const MIN_PART = 4096;

/** The first and the maximum size of the memory for parts of a message whose length isn't known. */
const MIN_SLAB = 256;
const MAX_SLAB = 64 * 1024;

/** How much memory a message gets whose length a peer only announced. */
const MAX_FIRST = 1024 * 1024;

/** A longer message is joined when it is complete, and a longer text is decoded part by part. */
const MAX_JOINED = 16 * 1024 * 1024;

export class PartialMessage {
  readonly isText: boolean;
  /** How many bytes the message has, if it is known. */
  readonly #expected: number;
  readonly #parts: Uint8Array[] = [];
  /** Memory for parts that are copied, the end of the bytes that `#parts` has of it, and the end of those in use. */
  #slab: Uint8Array = new Uint8Array(0);
  #joined = 0;
  #used = 0;
  /** The memory, if it is to be used again. */
  #reusable: Uint8Array | undefined;
  /** How many bytes were received. */
  #received = 0;
  /** Whether all characters are in ASCII. */
  #isAscii = true;

  /** @param expected how many bytes it has; 0 if that isn't known */
  constructor(isText: boolean, expected: number) {
    this.isText = isText;
    this.#expected = expected;
  }

  /** The number of messages that may be taken, once it is complete. */
  get length(): number {
    return 1;
  }

  /** @param isBorrowed whether the part must be copied now */
  add(part: Uint8Array, isAscii: boolean, isBorrowed: boolean): void {
    this.#isAscii &&= isAscii;
    const isCopied = isBorrowed || part.length < MIN_PART || this.#canJoin;
    if (isCopied) this.#copy(part);
    else {
      this.#join();
      this.#parts.push(part);
    }
    this.#received += part.length;
  }

  /**
   * Takes its data, once it is complete.
   *
   * @throws {unknown} if the engine can't hold it
   */
  take(): string | Uint8Array<ArrayBuffer> {
    const parts = this.parts();
    if (!this.isText) return ownBytes(parts) ?? concat(parts);
    if (this.#received > MAX_JOINED) return decodeParts(parts);
    const text = decode(joinBytes(parts), 0, this.#received, this.#isAscii);
    if (this.#reusable) release(this.#reusable);
    return text;
  }

  /** All parts. */
  parts(): readonly Uint8Array[] {
    this.#join();
    return this.#parts;
  }

  get #canJoin(): boolean {
    return this.#expected > 0 && this.#expected <= MAX_JOINED;
  }

  #copy(part: Uint8Array): void {
    if (this.#slab.length - this.#used < part.length) this.#makeRoom(part.length);
    this.#slab.set(part, this.#used);
    this.#used += part.length;
  }

  /** Makes room for a part: for the whole message, if it may have that much. */
  #makeRoom(length: number): void {
    if (this.#canJoin && this.#received + length <= this.#expected) {
      // What it announced is believed once it has sent a part of it.
      const size = this.#received === 0 ? Math.min(this.#expected, Math.max(MAX_FIRST, length)) : this.#expected;
      const slab = this.#allocate(size);
      if (slab) {
        const parts = this.parts();
        this.#slab = slab;
        this.#used = this.#joined = 0;
        for (const part of parts) this.#copy(part);
        this.#parts.length = 0;
        return;
      }
    }
    this.#join();
    this.#slab = new Uint8Array(Math.max(length, Math.min(Math.max(2 * this.#slab.length, MIN_SLAB), MAX_SLAB)));
    this.#joined = this.#used = 0;
  }

  /** Memory for the message; undefined if there is none. */
  #allocate(size: number): Uint8Array | undefined {
    try {
      if (!this.isText) return allocate(size);
      this.#reusable = allocateReusable(size);
      return this.#reusable;
    } catch {
      return undefined;
    }
  }

  /** Adds the bytes that were copied since the last call to the parts. */
  #join(): void {
    if (this.#used > this.#joined) this.#parts.push(this.#slab.subarray(this.#joined, this.#used));
    this.#joined = this.#used;
  }
}

/** The only part, if it is all of its buffer. */
function ownBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> | undefined {
  const [only] = parts;
  if (!only || parts.length > 1 || only.length < only.buffer.byteLength) return undefined;
  return only as Uint8Array<ArrayBuffer>;
}
