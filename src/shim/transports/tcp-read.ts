// How a socket of Node's reads: without an allocation of 64 KiB for each read, which costs as much as the read itself.
import type { OnReadOpts } from 'node:net';
import { process } from '../node/process.ts';
import { allocate, copyOf } from '../platform/binary.ts';

/** The size of the buffer that all sockets share: what they read is copied out of it. */
const SHARED = 64 * 1024;

/** The size of a buffer that a socket with much to read fills, and gives away. */
const LARGE = 256 * 1024;

/** How many reads must fill their buffers before a socket gets a large one. */
const FULL_READS = 2;

/** Whether sockets have it. Deno and Bun read faster without it. */
export const HAS_ONREAD = !('Deno' in globalThis) && process?.versions?.bun === undefined;

let shared: Uint8Array | undefined;

/** What {@link nextBuffer} returns if it isn't the shared buffer. */
let large: Uint8Array | undefined;

/** Takes what a socket reads. */
export interface Reader {
  /** Returns whether to go on reading. */
  read(chunk: Uint8Array): boolean;
}

/** The option `onread` of a socket, if it should have it. */
export function onread(reader: Reader): OnReadOpts | undefined {
  if (!HAS_ONREAD) return undefined;
  shared ??= new Uint8Array(SHARED);
  let full = 0;
  return {
    buffer: nextBuffer,
    callback: (length: number, buffer: Uint8Array) => {
      full = length === buffer.length ? full + 1 : 0;
      // Before anything else runs: another socket may read into the shared buffer.
      const isGivenAway = buffer !== shared && length > LARGE / 2;
      const chunk = isGivenAway ? buffer.subarray(0, length) : copyOf(buffer, 0, length);
      const isWanted = reader.read(chunk);
      // For the call of `nextBuffer` that follows this one.
      large = full < FULL_READS ? undefined : allocate(LARGE);
      return isWanted;
    },
  };
}

/** The buffer for the next read of a socket. Called for each new socket, and after each callback. */
function nextBuffer(): Uint8Array {
  const buffer = large ?? (shared as Uint8Array);
  large = undefined;
  return buffer;
}
