// The installed package, for modules outside of this folder, which can't import it by its name.
export { connectionOf, WebSocket, WebSocketError, WebSocketStream } from 'websocket-wasm/stream';
export * from 'websocket-wasm/transports';
