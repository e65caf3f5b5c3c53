// `websocket-wasm/stream` in a page or a worker: all that `websocket-wasm` exports, and `WebSocketStream`.

export * from '../stream/index.ts';
export * from './browser.ts';
