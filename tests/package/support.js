// What the tests of the installed package share.
import { connectionOf, WebSocket } from 'websocket-wasm';
import { next } from './next.js';

export { next };

/** A WebSocket that is open. */
export async function open(url, options) {
  const socket = new WebSocket(url, options);
  socket.binaryType = 'arraybuffer';
  await next(socket, 'open');
  return socket;
}

/** The whole story of a connection that is to fail: its events in order, and why. */
export function story(url, options) {
  const socket = new WebSocket(url, options);
  const events = [];
  for (const type of ['open', 'message', 'error']) {
    socket.addEventListener(type, () => events.push(`${type} at ${socket.readyState}`));
  }
  return new Promise((resolve) => {
    socket.addEventListener('close', ({ code, reason, wasClean }) => {
      events.push(`close at ${socket.readyState}`);
      // One more turn: nothing may follow.
      setTimeout(() => resolve({ events, code, reason, wasClean, failure: connectionOf(socket).failure }));
    });
  });
}

/** What a failed connection's story must be, whatever the reason. */
export const FAILED = { events: ['error at 3', 'close at 3'], code: 1006, reason: '', wasClean: false };
