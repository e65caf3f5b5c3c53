// `websocket-wasm/deflate` in Node, Deno and Bun, where every entry has the codec.
export {};
