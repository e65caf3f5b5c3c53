// `websocket-wasm/tls` in Cloudflare's workerd, where every entry has TLS.
export {};
