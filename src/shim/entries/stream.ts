// `websocket-wasm/stream` in a page or a worker.
import './browser.ts';

export * from '../stream/index.ts';
