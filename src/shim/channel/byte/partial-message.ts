// The parts received so far of a message that isn't complete.

/** Parts that are shorter are copied together: a peer may send a message byte by byte. */
const MIN_PART = 4096;

/** The first and the maximum size of the memory that short parts are copied to. */
const MIN_SLAB = 256;
const MAX_SLAB = 64 * 1024;

export class PartialMessage {
  readonly #parts: Uint8Array[] = [];
  /** Memory for short parts, the end of the bytes that `#parts` has of it, and the end of those in use. */
  #slab = new Uint8Array(0);
  #joined = 0;
  #used = 0;
  /** The number of bytes. */
  length = 0;
  /** Whether all characters are in ASCII. */
  isAscii = true;

  add(part: Uint8Array, isAscii: boolean): void {
    this.isAscii &&= isAscii;
    this.length += part.length;
    if (part.length >= MIN_PART) {
      this.#join();
      this.#parts.push(part);
      return;
    }
    if (this.#slab.length - this.#used < part.length) {
      this.#join();
      this.#slab = new Uint8Array(Math.max(part.length, Math.min(Math.max(2 * this.#slab.length, MIN_SLAB), MAX_SLAB)));
      this.#joined = this.#used = 0;
    }
    this.#slab.set(part, this.#used);
    this.#used += part.length;
  }

  /** All parts. */
  parts(): readonly Uint8Array[] {
    this.#join();
    return this.#parts;
  }

  /** Adds the bytes that were copied since the last call to the parts. */
  #join(): void {
    if (this.#used > this.#joined) this.#parts.push(this.#slab.subarray(this.#joined, this.#used));
    this.#joined = this.#used;
  }
}
