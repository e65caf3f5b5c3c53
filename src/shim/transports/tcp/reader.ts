// How a socket of Node's reads: without an allocation of 64 KiB for each read, which costs as much as the read itself.
import type { OnReadOpts } from 'node:net';
import { process } from '../../node/process.ts';
import { allocate } from '../../platform/binary.ts';

/** The size of the buffer for sockets that read little at a time, and of that for those with much to read. */
const SMALL = 64 * 1024;
const LARGE = 256 * 1024;

/** How many reads must fill their buffers before a socket gets the large one. */
const FULL_READS = 2;

/** Whether sockets have it. Deno and Bun read faster without it. */
export const HAS_ONREAD = !('Deno' in globalThis) && process?.versions?.bun === undefined;

/** All sockets share them: what they read must be taken before the next read. */
let small: Uint8Array | undefined;
let large: Uint8Array | undefined;

/** Whether {@link nextBuffer} returns the large one. */
let isLarge = false;

/** Takes what a socket reads. */
export interface Reader {
  /**
   * Returns whether to go on reading.
   *
   * @param chunk is overwritten afterwards
   */
  read(chunk: Uint8Array): boolean;
}

/** The option `onread` of a socket, if it should have it. */
export function onread(reader: Reader): OnReadOpts | undefined {
  if (!HAS_ONREAD) return undefined;
  let full = 0;
  return {
    buffer: nextBuffer,
    callback: (length: number, buffer: Uint8Array) => {
      full = length === buffer.length ? full + 1 : 0;
      const isWanted = reader.read(buffer.subarray(0, length));
      // For the call of `nextBuffer` that follows this one.
      isLarge = full >= FULL_READS;
      return isWanted;
    },
  };
}

/** The buffer for the next read of a socket. Called for each new socket, and after each callback. */
function nextBuffer(): Uint8Array {
  if (isLarge) {
    isLarge = false;
    large ??= allocate(LARGE);
    return large;
  }
  small ??= allocate(SMALL);
  return small;
}
