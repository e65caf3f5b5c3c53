// `websocket-wasm/har` in Node, Deno and Bun.
export * from './har.ts';
