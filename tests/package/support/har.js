// Recorded sockets, and the echo server of the tests of `websocket-wasm/har`.
import { WebSocket } from 'websocket-wasm';
import { recordOf } from 'websocket-wasm/har';
import { sharedEcho } from '../../support/servers/echo.js';
import { next } from './sockets.js';

export const echo = sharedEcho();

/** A socket, recorded from the start, and open. */
export async function recorded(url, options, limits) {
  const socket = new WebSocket(url, options);
  const recorder = recordOf(socket, limits);
  socket.binaryType = 'arraybuffer';
  await next(socket, 'open');
  return { socket, recorder };
}

/** Direction, opcode and data of each message of an entry. */
export const brief = ({ _webSocketMessages: messages }) =>
  messages.map(({ type, opcode, data }) => [type, opcode, data]);

export const base64 = (bytes) => Buffer.from(bytes).toString('base64');
