// `websocket-wasm/har` in Cloudflare's workerd.
export * from './har.ts';
