// `websocket-wasm/stream` in Cloudflare's workerd: the exports of `websocket-wasm`, and `WebSocketStream`.

export * from '../stream/index.ts';
export * from './workerd.ts';
export { WebSocket as default } from './workerd.ts';
