// `websocket-wasm/transports`: the transports alone, for `websocket-wasm/slim`, or to import one and no other.
export { native } from '../transports/native.ts';
export type { ByteStream, Carrying, Link, LinkSink, Transport, TransportTarget } from '../transports/types.ts';
export { type WispOptions, wisp } from '../transports/wisp/transport.ts';
