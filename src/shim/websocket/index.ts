// The class and `connectionOf()` under their public types.
import type { WebSocketStream } from '../stream/web-socket-stream.ts';
import { Connection } from './connection.ts';
import type { WebSocketConstructor, WebSocket as WebSocketInterface } from './interface.ts';
import { internalsOf } from './internals.ts';
import { sideOf } from './stream-sides.ts';
import { WebSocket as Implementation } from './websocket.ts';

export type WebSocket = WebSocketInterface;

/**
 * A drop-in for the browser's `WebSocket`: the protocol in Rust, over a transport of your choice.
 *
 * @see {@link https://websockets.spec.whatwg.org/#the-websocket-interface | WHATWG WebSockets 3.1}
 */
export const WebSocket: WebSocketConstructor = Implementation;

/**
 * The connection of a WebSocket, or of a WebSocketStream: pings, frames, counters, the reason of a failure.
 *
 * @throws {TypeError} for anything but a WebSocket or a WebSocketStream of this package
 * @example
 * console.log(`pong after ${await connectionOf(socket).ping()} ms`);
 */
export function connectionOf(socket: WebSocket | WebSocketStream): Connection {
  const side = sideOf(socket) ?? internalsOf(socket);
  side.connection ??= new Connection(side);
  return side.connection;
}
