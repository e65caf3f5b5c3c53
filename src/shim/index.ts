// What every entry exports. It brings no wasm: the entries do.

export type { ConnectionFailure } from './failure.ts';
export { native } from './transports/native.ts';
export type { ByteStream, Carrying, Link, LinkSink, Transport, TransportTarget } from './transports/types.ts';
export { type WispOptions, wisp } from './transports/wisp/transport.ts';
export type { Connection, FrameInfo, FrameListener } from './websocket/connection.ts';
export { type Configuration, configure } from './websocket/defaults.ts';
export {
  type BinaryType,
  type CloseEvent,
  connectionOf,
  type ListenerOptions,
  WebSocket,
  type WebSocketConstructor,
  type WebSocketEventMap,
  type WebSocketListener,
} from './websocket/interface.ts';
export type { HeadersInput, PerMessageDeflateOptions, WebSocketOptions } from './websocket/options.ts';
