// `websocket-wasm/stream` in a page or a worker: the exports of `websocket-wasm`, and `WebSocketStream`.

export * from '../stream/index.ts';
export * from './browser.ts';
export { WebSocket as default } from './browser.ts';
