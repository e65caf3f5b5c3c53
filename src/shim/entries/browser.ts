// `websocket-wasm` in a page or a worker: the wasm is inside. The browser's own WebSocket is the default wire.
import '../inlined.ts';

export * from '../index.ts';
