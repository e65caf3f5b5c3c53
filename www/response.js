// Shows the response to the opening handshake: its status, its headers, and what a refusal says.
import { byId, namesAndValues, setText } from './dom.js';
import { count } from './format.js';

/** @typedef {import('websocket-wasm').HandshakeResponse} Response */

/** The number of bytes of a body shown. */
const MOST = 2048;

/** Shown now. @type {Response | undefined} */
let shown;

/**
 * Shows it; without one, hides the section.
 * @param {Response | undefined} response
 * @param {boolean} connecting whether it may follow: until then the section keeps its room, but not its text
 */
export function showResponse(response, connecting) {
  byId('response-headers').classList.toggle('pending', connecting);
  if (connecting || response === shown) return;
  shown = response;
  byId('response').hidden = response === undefined;
  if (!response) return;
  const { status, reason, headers, body, bodyTruncated } = response;
  setText('response-status', `${status} ${reason}`);
  byId('response-headers').replaceChildren(...namesAndValues(headers, 'data-header'));
  const bytes = body ?? new Uint8Array();
  byId('response-body').hidden = bytes.length === 0;
  setText('response-text', new TextDecoder().decode(bytes.subarray(0, MOST)));
  const isCut = bodyTruncated || bytes.length > MOST;
  setText('response-cut', isCut ? `The first ${count(Math.min(bytes.length, MOST))} bytes.` : '');
  // A refusal explains itself.
  if (status !== 101) /** @type {HTMLDetailsElement} */ (/** @type {unknown} */ (byId('response'))).open = true;
}
