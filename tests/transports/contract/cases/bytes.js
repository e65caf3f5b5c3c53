// Bytes that both sides of a test know: a function of a seed and of the place.

/** `length` bytes of a stream, from a place in it. */
export function bytesOf(seed, length, from = 0) {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) bytes[i] = byteOf(seed, from + i);
  return bytes;
}

/** One byte: no part of a stream equals another of the same length, nor one of another seed at the same place. */
function byteOf(seed, at) {
  return (Math.imul(at + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)) >>> 24;
}

/** Compares the bytes of a stream as they arrive. */
export class Arrival {
  #seed;
  count = 0;
  /** Whether all bytes so far are the expected ones. */
  isRight = true;

  constructor(seed) {
    this.#seed = seed;
  }

  add(chunk) {
    for (let i = 0; i < chunk.length; i += 1) {
      if (chunk[i] !== byteOf(this.#seed, this.count + i)) this.isRight = false;
    }
    this.count += chunk.length;
  }
}

/** Sizes of parts that add up to `length`: pseudo-random ones, mostly small. */
export function* partsOf(length, seed) {
  let state = seed + 1;
  for (let at = 0; at < length; ) {
    // Xorshift
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const part = Math.min(length - at, 1 + ((state >>> 8) % [1, 7, 100, 4_000, 70_000][(state >>> 4) % 5]));
    at += part;
    yield part;
  }
}
