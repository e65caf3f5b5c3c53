// `websocket-wasm/transports` in Cloudflare's workerd.
export { type TcpOptions, tcp } from '../transports/tcp/workerd.ts';
export * from './transports.ts';
