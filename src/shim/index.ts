// What every entry exports. It brings no wasm: the entries do.
export { type Configuration, configure } from './configure.ts';
export type { Connection, FrameInfo, FrameListener } from './connection.ts';
export type { WebSocketOptions } from './options.ts';
export { native } from './transports/native.ts';
export type { ByteStream, Link, LinkSink, Transport, TransportTarget } from './transports/types.ts';
export { type WispOptions, wisp } from './transports/wisp.ts';
export { connectionOf, WebSocket } from './websocket.ts';
