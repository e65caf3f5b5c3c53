// `websocket-wasm/slim` in a page or a worker: without the wasm.
import { fetchCodecFrom } from '../wasm/codec.ts';
import { fetchTlsFrom } from '../wasm/tls-files.ts';

export * from '../index.ts';
export { WebSocket as default } from '../index.ts';
export * from '../wasm/init.ts';

fetchCodecFrom(() => new URL('./codec.wasm', import.meta.url));
fetchTlsFrom(() => ({
  module: new URL('./tls.wasm', import.meta.url),
  roots: new URL('./roots.bin', import.meta.url),
}));
