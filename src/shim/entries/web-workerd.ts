// `websocket-wasm/web` in Cloudflare's workerd: there is nothing to stream.
export * from './workerd.ts';

/** Resolved: the wasm is there. */
export const ready: Promise<void> = Promise.resolve();
