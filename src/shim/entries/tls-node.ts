// `websocket-wasm/tls` in Node, Deno and Bun, where every entry has TLS.
export {};
