// `websocket-wasm/web` in Node, Deno and Bun, where a page's module may run too: the wasm is inlined.
export * from './node.ts';
export { WebSocket as default } from './node.ts';

/** Resolved: the wasm is loaded. */
export const ready: Promise<void> = Promise.resolve();
