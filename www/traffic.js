// Shows the counters of the connection, and its compression.
import { byId, setText } from './dom.js';
import { count, size } from './format.js';

/** @typedef {import('websocket-wasm').ConnectionStatistics} Statistics */
/** @typedef {import('websocket-wasm').CompressionParameters} Compression */

/**
 * Shows them; without any, hides the section.
 * @param {Statistics | undefined} statistics
 * @param {Compression | undefined} compression
 */
export function showTraffic(statistics, compression) {
  byId('traffic').hidden = statistics === undefined;
  byId('compression').hidden = compression === undefined;
  if (!statistics) return;
  setText('traffic-sizes', `↑ ${size(statistics.sent.payloadBytes)}  ↓ ${size(statistics.received.payloadBytes)}`);
  for (const way of /** @type {const} */ (['sent', 'received'])) {
    const { messages, frames, bytes, payloadBytes, compressionRatio } = statistics[way];
    setText(`${way}-messages`, count(messages));
    setText(`${way}-frames`, count(frames));
    setText(`${way}-payload`, size(payloadBytes));
    setText(`${way}-wire`, size(bytes));
    setText(`${way}-ratio`, compressionRatio === 1 ? 'none' : `${compressionRatio.toFixed(1)} : 1`);
  }
  if (!compression) return;
  const { clientMaxWindowBits, clientNoContextTakeover, serverMaxWindowBits, serverNoContextTakeover } = compression;
  setText('sent-window', window(clientMaxWindowBits, clientNoContextTakeover));
  setText('received-window', window(serverMaxWindowBits, serverNoContextTakeover));
}

/** The window's size; it is a new one for each message if there is no context takeover. */
function window(bits, isNew) {
  return `${size(2 ** bits)}${isNew ? ', new' : ''}`;
}
