// Memory for bytes that are soon no longer needed: output on its way to a socket of Node's, input until it is dispatched.
import { allocate } from '../platform/binary.ts';
import { nodeBuffer } from './process.ts';

/** Buffers that are kept have one of the sizes 2^n + ROOM: a message of 64 KiB and its header fit the smallest possible. */
const MIN_BITS = 12;
const MAX_BITS = 18;
const ROOM = 256;

/** Node has a pool for bytes that are no longer. */
const POOLED = 1 << MIN_BITS;

/** How many bytes of memory are kept. */
const MAX_KEPT = 4 * 1024 * 1024;

const kept: ArrayBuffer[][] = Array.from({ length: MAX_BITS + 1 }, () => []);
let keptBytes = 0;

/**
 * Bytes to be overwritten, and passed to {@link release} later.
 *
 * @throws {RangeError} if there is no memory for them
 */
export function allocateReusable(length: number): Uint8Array {
  if (nodeBuffer && length <= POOLED) {
    const { buffer, byteOffset } = nodeBuffer.allocUnsafe(length);
    return new Uint8Array(buffer, byteOffset, length);
  }
  return largeReusable(length);
}

/**
 * The same for output: as a Buffer, since Node's sockets make one of any other view that is written.
 *
 * @throws {RangeError} if there is no memory for it
 */
export function allocateOutput(length: number): Uint8Array {
  if (!nodeBuffer) return allocateReusable(length);
  if (length <= POOLED) return nodeBuffer.allocUnsafe(length);
  const { buffer } = largeReusable(length);
  return nodeBuffer.from(buffer, 0, length);
}

function largeReusable(length: number): Uint8Array {
  const bits = 32 - Math.clz32(Math.max(length - ROOM - 1, 0));
  if (bits <= MIN_BITS || bits > MAX_BITS) return allocate(length);
  const buffer = kept[bits]?.pop();
  if (!buffer) return allocate((1 << bits) + ROOM).subarray(0, length);
  keptBytes -= buffer.byteLength;
  return new Uint8Array(buffer, 0, length);
}

/** Keeps the memory of bytes that are no longer in use, nor any others of their buffer. */
export function release({ buffer }: Uint8Array): void {
  const bits = 31 - Math.clz32(buffer.byteLength);
  if (bits <= MIN_BITS || bits > MAX_BITS || buffer.byteLength !== (1 << bits) + ROOM) return;
  if (keptBytes > MAX_KEPT) return;
  kept[bits]?.push(buffer as ArrayBuffer);
  keptBytes += buffer.byteLength;
}
