// What the messages contain.
import { messages } from '../messages.js';

const PATTERN =
  '{"id":48271,"symbol":"AAPL","price":172.34,"change":-1.25,"time":"2026-01-02T03:04:05.678Z","open":true},\n';

/**
 * @typedef {object} Load
 * @property {'text' | 'binary' | 'json'} kind
 * @property {number} [size] of each message, in bytes; those of `json` have sizes of their own
 */

/**
 * Messages that are sent again and again, in order: a string, or bytes with a buffer of their own.
 * @param {Load} load
 * @returns {(string | Uint8Array<ArrayBuffer>)[]}
 */
export function payloads({ kind, size = 0 }) {
  if (kind === 'json') return messages;
  const bytes = Buffer.from(PATTERN.repeat(Math.ceil(size / PATTERN.length)).slice(0, size));
  // Decoded, it is one flat string; a concatenation would be flattened by the first send.
  return [kind === 'text' ? bytes.toString('latin1') : new Uint8Array(bytes)];
}

/** The length of a message's data in the listener. */
export const lengthOf = (data) => (typeof data === 'string' ? data.length : data.byteLength);

/** Whether a listener got what was sent. */
export function isSame(data, payload) {
  if (typeof payload === 'string') return data === payload;
  return typeof data !== 'string' && Buffer.from(payload.buffer).equals(Buffer.from(data));
}
