// `websocket-wasm/web`: the wasm is a file beside this one, compiled while it arrives. Sockets may be constructed before.

import { allowPending } from '../pending/index.ts';
import { fetchCodecFrom } from '../wasm/codec.ts';
import { load } from '../wasm/load.ts';
import { fetchTlsFrom } from '../wasm/tls-files.ts';

export * from '../index.ts';
export { WebSocket as default } from '../index.ts';

fetchCodecFrom(() => new URL('./codec.wasm', import.meta.url));
fetchTlsFrom(() => ({
  module: new URL('./tls.wasm', import.meta.url),
  roots: new URL('./roots.bin', import.meta.url),
}));

/**
 * Resolves when the wasm is loaded. It needn't be awaited: a WebSocket that is constructed earlier waits for it.
 *
 * Rejects with an `Error` whose `name` is `'WasmLoadError'`; waiting WebSockets then fail with 1006.
 */
export const ready: Promise<void> = allowPending(load(new URL('./websocket_wasm.wasm', import.meta.url)));
