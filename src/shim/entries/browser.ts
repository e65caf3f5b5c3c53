// `websocket-wasm` in a page or a worker: the wasm is inlined, and `native` is the default transport.
import '../inlined/core.ts';
import { fetchCodecFrom } from '../wasm/codec.ts';
import { fetchTlsFrom } from '../wasm/tls-files.ts';

export * from '../index.ts';
export { WebSocket as default } from '../index.ts';

fetchCodecFrom(() => new URL('./codec.wasm', import.meta.url));
fetchTlsFrom(() => ({
  module: new URL('./tls.wasm', import.meta.url),
  roots: new URL('./roots.bin', import.meta.url),
}));
