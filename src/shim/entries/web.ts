// `websocket-wasm/web`: the wasm is a file beside this one, compiled while it arrives. Sockets needn't wait for it.

import { standIn } from '../pending/index.ts';
import { fetchCodecFrom } from '../wasm/codec.ts';
import { load } from '../wasm/load.ts';

export * from '../index.ts';

fetchCodecFrom(() => new URL('./codec.wasm', import.meta.url));

/**
 * Resolves when the wasm is there; nobody needs to await it. A WebSocket that is made before waits for it by itself.
 *
 * It rejects with an `Error` whose `name` is `'WasmLoadError'`; the WebSockets that wait then fail with 1006.
 */
export const ready: Promise<void> = standIn(load(new URL('./websocket_wasm.wasm', import.meta.url)));
