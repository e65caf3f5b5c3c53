// `websocket-wasm/transports`: the transports alone, for `websocket-wasm/slim`, or to import a single one.
export { native } from '../transports/native.ts';
export type {
  ByteStream,
  ConnectionSecurity,
  Link,
  LinkSink,
  Transport,
  TransportTarget,
} from '../transports/types.ts';
export { type WispOptions, wisp } from '../transports/wisp/transport.ts';
