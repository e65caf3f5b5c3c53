// `websocket-wasm/stream` in Node, Deno and Bun: the exports of `websocket-wasm`, and `WebSocketStream`.

export * from '../stream/index.ts';
export * from './node.ts';
export { WebSocket as default } from './node.ts';
