// `websocket-wasm/har`: records connections as HAR. The same in every runtime.

export * from '../har/index.ts';
