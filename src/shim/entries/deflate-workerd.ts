// `websocket-wasm/deflate` in Cloudflare's workerd, where every entry has the codec.
export {};
