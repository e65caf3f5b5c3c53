// `websocket-wasm/stream` in Cloudflare's workerd: all that `websocket-wasm` exports, and `WebSocketStream`.

export * from '../stream/index.ts';
export * from './workerd.ts';
