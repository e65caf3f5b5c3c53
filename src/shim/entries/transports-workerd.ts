// `websocket-wasm/transports` in Cloudflare's workerd.
export { tcp } from '../transports/tcp/workerd.ts';
export * from './transports.ts';
