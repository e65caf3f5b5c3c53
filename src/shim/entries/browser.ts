// `websocket-wasm` in a page or a worker: the wasm is inlined, and `native` is the default transport.
import '../inlined/core.ts';
import { fetchCodecFrom } from '../wasm/codec.ts';

export * from '../index.ts';

fetchCodecFrom(() => new URL('./codec.wasm', import.meta.url));
