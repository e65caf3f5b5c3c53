// `websocket-wasm/transports` in Node, Deno and Bun.
export type { TcpOptions, TcpProxy } from '../transports/tcp/options.ts';
export { tcp } from '../transports/tcp/transport.ts';
export * from './transports.ts';
