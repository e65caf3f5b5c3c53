// `websocket-wasm/slim` in a page or a worker: without the wasm.
import { fetchCodecFrom } from '../wasm/codec.ts';

export * from '../index.ts';
export * from '../wasm/init.ts';

fetchCodecFrom(() => new URL('./codec.wasm', import.meta.url));
