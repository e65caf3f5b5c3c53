// `websocket-wasm/transports` in Node, Deno and Bun.
export { tcp } from '../transports/tcp/transport.ts';
export * from './transports.ts';
