// The error for whatever prevents the core from being loaded. (In this folder because globals.ts throws it, too.)

/** An `Error` named `WasmLoadError`. */
export function loadError(why: string, cause?: unknown): Error {
  const error = new Error(`websocket-wasm can't load its WebAssembly: ${why}.`, { cause });
  // By definition, not by assignment: scripts may have frozen Error.prototype.
  return Object.defineProperty(error, 'name', { value: 'WasmLoadError', configurable: true, writable: true });
}
