// Sockets of the installed package, by its default entry.
import { connectionOf, WebSocket } from 'websocket-wasm';
import { next, pause } from '../../support/events.js';

export { echoed, next, pause, shut, until } from '../../support/events.js';

/** Opens a WebSocket whose `binaryType` is `arraybuffer`. */
export async function open(url, options) {
  const socket = new WebSocket(url, options);
  socket.binaryType = 'arraybuffer';
  await next(socket, 'open');
  return socket;
}

/**
 * Connects, and records the outcome of a failing connection: its events in order, its close event and its failure.
 * @returns {Promise<any>}
 */
export async function story(url, options) {
  const socket = new WebSocket(url, options);
  const events = [];
  for (const type of ['open', 'message', 'error']) {
    socket.addEventListener(type, () => events.push(`${type} at ${socket.readyState}`));
  }
  const { code, reason, wasClean } = await next(socket, 'close');
  events.push(`close at ${socket.readyState}`);
  // No event may follow.
  await pause();
  return { events, code, reason, wasClean, failure: connectionOf(socket).failure };
}

/** The story of a connection that fails, for whatever reason. */
export const FAILED = { events: ['error at 3', 'close at 3'], code: 1006, reason: '', wasClean: false };
