// `websocket-wasm/web` in Cloudflare's workerd: the wasm is a module.
export * from './workerd.ts';
export { WebSocket as default } from './workerd.ts';

/** Resolved: the wasm is loaded. */
export const ready: Promise<void> = Promise.resolve();
