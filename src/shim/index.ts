// What every entry exports. It brings no wasm: the entries do.
export { type Configuration, configure } from './configure.ts';
export type { Connection, FrameInfo, FrameListener } from './connection.ts';
export type { ConnectionFailure } from './failure.ts';
export type { HeadersInput, PerMessageDeflateOptions, WebSocketOptions } from './options.ts';
export {
  type BinaryType,
  type CloseEvent,
  connectionOf,
  type ListenerOptions,
  WebSocket,
  type WebSocketConstructor,
  type WebSocketEventMap,
  type WebSocketListener,
} from './public.ts';
export { native } from './transports/native.ts';
export type { ByteStream, Carrying, Link, LinkSink, Transport, TransportTarget } from './transports/types.ts';
export { type WispOptions, wisp } from './transports/wisp/transport.ts';
