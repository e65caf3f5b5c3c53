// `websocket-wasm/transports`: the transports alone, for `websocket-wasm/slim`, or to import a single one.

export type { IPAddressSpace } from '../transports/address-space.ts';
export {
  type DirectSocket,
  type DirectSocketClass,
  type DirectSocketOptions,
  directSockets,
} from '../transports/direct-sockets/transport.ts';
export { native } from '../transports/native.ts';
export { type RelayOptions, relay } from '../transports/relay/transport.ts';
export type { Certificates, TlsOptions } from '../transports/tls/options.ts';
export { tls } from '../transports/tls/transport.ts';
export type {
  ByteStream,
  ConnectionSecurity,
  Link,
  LinkSink,
  TlsCertificate,
  TlsFacts,
  Transport,
  TransportTarget,
} from '../transports/types.ts';
export type { WebTransportRelayOptions } from '../transports/web-transport/options.ts';
export { webTransport } from '../transports/web-transport/transport.ts';
export type { CertificateHash, WebTransportClass, WebTransportSession } from '../transports/web-transport/types.ts';
export { type WispExtensionOptions, type WispExtensions, wispExtensions } from '../transports/wisp/extensions.ts';
export { type WispOptions, type WispUrl, wisp } from '../transports/wisp/transport.ts';
