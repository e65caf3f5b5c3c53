// The exports of `websocket-wasm/stream`.
export { type WebSocketCloseInfo, WebSocketError } from './web-socket-error.ts';
export { type WebSocketOpenInfo, WebSocketStream, type WebSocketStreamOptions } from './web-socket-stream.ts';
