// `websocket-wasm/stream` in Cloudflare's workerd.
import './workerd.ts';

export * from '../stream/index.ts';
