// What each socket of the soak does, from a seed: the same for every contender.
import { createHash } from 'node:crypto';

/**
 * @typedef {{ bytes: Uint8Array, hash: string }} Message
 *
 * @typedef {object} Life of one socket
 * @property {boolean} compress whether it offers compression
 * @property {Message[]} messages the first one is sent by all sockets in one task, the others when an echo arrives
 * @property {End} end
 */

/**
 * How a socket ends. By the client: a closing handshake; an AbortSignal, or `terminate()`, while it connects. By the server:
 * a closing handshake; the end of the TCP connection without a Close frame; its reset; no answer to the client's Close frame.
 * @typedef {'close' | 'abort' | 'server-close' | 'half-close' | 'reset' | 'silent'} End
 */

/** @type {End[]} */
const ENDS = ['close', 'close', 'close', 'server-close', 'server-close', 'half-close', 'reset', 'silent', 'abort'];

/** The most messages of a socket, and the largest size. */
const MAX_MESSAGES = 6;
const MAX_SIZE = 256 * 1024;

/** The size of the first message: that of a typical JSON document, above every threshold of compression. */
const FIRST_SIZE = 3_000;

/** How many payloads there are, which the sockets share: so that they are no part of the memory that is compared. */
const PAYLOADS = 100;

/**
 * The lives of `count` sockets.
 * @returns {Life[]}
 */
export function lives(count, seed) {
  const random = randomFrom(seed);
  const make = (size) => {
    const bytes = payload(size, random);
    return { bytes, hash: hashOf(bytes) };
  };
  const firsts = Array.from({ length: PAYLOADS }, () => make(FIRST_SIZE));
  const others = Array.from({ length: PAYLOADS }, () => make(Math.floor(MAX_SIZE ** random())));
  const oneOf = (list) => list[Math.floor(random() * list.length)];
  return Array.from({ length: count }, () => ({
    compress: random() < 0.75,
    messages: [oneOf(firsts), ...Array.from({ length: Math.floor(random() * MAX_MESSAGES) }, () => oneOf(others))],
    end: oneOf(ENDS),
  }));
}

/** A hash of bytes, to compare an echo by. */
export function hashOf(bytes) {
  return createHash('sha1').update(bytes).digest('latin1');
}

/** Lines of JSON, or noise that doesn't compress. */
function payload(size, random) {
  if (random() < 0.25) return Buffer.from(Array.from({ length: size }, () => random() * 256));
  let text = '';
  while (text.length < size) {
    const id = Math.floor(random() * 1e9);
    text += `{"id":${id},"name":"user ${id % 977}","state":"${id % 2 ? 'active' : 'idle'}","score":${random()}},\n`;
  }
  return Buffer.from(text.slice(0, size));
}

/** Numbers from 0 to 1: mulberry32. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
