// The exports that all entries share. The entries add the wasm.

export { type Configuration, configure } from './arguments/defaults.ts';
export type { HeadersInput, KeepAliveOptions, PerMessageDeflateOptions, WebSocketInit } from './arguments/options.ts';
export type { FrameInfo, FrameListener } from './channel/frame-info.ts';
export type { ConnectionFailure } from './failure.ts';
export type { IPAddressSpace } from './transports/address-space.ts';
export { native } from './transports/native.ts';
export type { Certificates, TlsOptions } from './transports/tls/options.ts';
export { tls } from './transports/tls/transport.ts';
export type {
  ByteStream,
  ConnectionSecurity,
  Link,
  LinkSink,
  TlsCertificate,
  TlsFacts,
  Transport,
  TransportTarget,
} from './transports/types.ts';
export type { WispExtensions } from './transports/wisp/extensions.ts';
export { type WispOptions, type WispUrl, wisp } from './transports/wisp/transport.ts';
export type { Connection, SendOptions } from './websocket/connection.ts';
export type {
  ConnectionEventMap,
  ConnectionListener,
  ConnectionListenerOptions,
  ControlEvent,
  FrameEvent,
} from './websocket/connection-events.ts';
export type { HandshakeResponse } from './websocket/handshake-response.ts';
export { connectionOf, WebSocket } from './websocket/index.ts';
export type {
  BinaryType,
  CloseEvent,
  ListenerOptions,
  WebSocketConstructor,
  WebSocketEventMap,
  WebSocketListener,
} from './websocket/interface.ts';
export type { CompressionParameters, ConnectionStatistics, TrafficStatistics } from './websocket/statistics.ts';
