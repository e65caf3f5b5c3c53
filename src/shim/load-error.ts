// The one error for all that can be in the way of loading the core.

/** An `Error` named `WasmLoadError`. */
export function loadError(why: string, cause?: unknown): Error {
  const error = new Error(`websocket-wasm can't load its WebAssembly: ${why}.`, { cause });
  error.name = 'WasmLoadError';
  return error;
}
