// `websocket-wasm/web` in Node, Deno and Bun, where a page's module may be run too: there is nothing to stream.
export * from './node.ts';

/** Resolved: the wasm is there. */
export const ready: Promise<void> = Promise.resolve();
