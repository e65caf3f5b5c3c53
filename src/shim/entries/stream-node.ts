// `websocket-wasm/stream` in Node, Deno and Bun: all that `websocket-wasm` exports, and `WebSocketStream`.

export * from '../stream/index.ts';
export * from './node.ts';
