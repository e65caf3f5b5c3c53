// A chunk of bytes, however a transport brings it.
import { asArrayBuffer } from '../data.ts';

/** The bytes of a view or an ArrayBuffer of any realm; undefined for anything else. */
export function bytesOfChunk(chunk: unknown): Uint8Array | undefined {
  if (chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const buffer = asArrayBuffer(chunk);
  return buffer && new Uint8Array(buffer);
}
