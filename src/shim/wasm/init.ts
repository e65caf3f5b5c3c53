// `init()` and `initSync()` of `websocket-wasm/slim`, which includes no wasm: its user passes the source.
import { load, loadSync, type WasmInput, type WasmSource } from './load.ts';

export type { WasmInput, WasmModule, WasmSource } from './load.ts';

/**
 * Loads the core. {@link WebSocket} can be used once this has resolved. Does nothing if the core is already loaded.
 *
 * @param wasm the bytes of `websocket-wasm/websocket_wasm.wasm`, that file compiled, a `Response` with it (compiled while it
 *   arrives), its URL, or a promise of one of these
 * @returns rejects with an `Error` whose `name` is `'WasmLoadError'`, with the engine's own error as its `cause`
 * @example
 * await init(new URL('/assets/websocket_wasm.wasm', location.href));
 * const socket = new WebSocket('wss://echo.example/');
 */
export function init(wasm: WasmInput | PromiseLike<WasmInput>): Promise<void> {
  return load(wasm);
}

/**
 * Loads the core synchronously. Some engines refuse to compile a large module this way in a window; this one is small enough.
 *
 * @param wasm the bytes of `websocket-wasm/websocket_wasm.wasm`, or that file compiled
 * @throws {Error} its `name` is `'WasmLoadError'`, its `cause` the engine's own error
 */
export function initSync(wasm: WasmSource): void {
  loadSync(wasm);
}
