// `websocket-wasm/stream` in Node, Deno and Bun.
import './node.ts';

export * from '../stream/index.ts';
