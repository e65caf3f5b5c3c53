// `websocket-wasm` in a page or a worker: the wasm is inside. The browser's own WebSocket is the default wire.
import '../inlined/core.ts';
import { fetchCodecFrom } from '../wasm/codec.ts';

export * from '../index.ts';

fetchCodecFrom(() => new URL('./codec.wasm', import.meta.url));
