// How the wasm file becomes the core.
import { instantiate, isLoaded } from './core.ts';

/** `websocket_wasm.wasm`, its bytes or compiled: a `WebAssembly.Module`, a name that Node's types lack. */
export type WasmSource = ArrayBuffer | ArrayBufferView<ArrayBuffer> | WasmModule;

/** A `WebAssembly.Module`. */
export type WasmModule = object;

/** What brings that file: itself, a response, or its URL. */
export type WasmInput = WasmSource | Response | URL | string;

/**
 * Compiles and instantiates the core at once.
 *
 * @throws {Error} named `WasmLoadError`
 */
export function loadSync(input: WasmSource): void {
  if (isLoaded()) return;
  try {
    instantiate(input instanceof WebAssembly.Module ? input : new WebAssembly.Module(input as BufferSource));
  } catch (cause) {
    throw loadError(cause, input);
  }
}

/**
 * Compiles the core, while it is loaded where that can be, and instantiates it.
 *
 * @returns rejects with an `Error` named `WasmLoadError`
 */
export async function load(input: WasmInput | PromiseLike<WasmInput>): Promise<void> {
  if (isLoaded()) return;
  let given: WasmSource | Response | undefined;
  try {
    const awaited = await input;
    given = typeof awaited === 'string' || awaited instanceof URL ? await fetch(awaited) : awaited;
    instantiate(await compile(given));
  } catch (cause) {
    // Another entry may have brought it meanwhile.
    if (!isLoaded()) throw loadError(cause, given);
  }
}

/**
 * Compiles what is given: a response while it arrives, if its server knows the type.
 *
 * @internal
 * @returns rejects with the engine's own error
 */
export async function compile(given: WasmSource | Response): Promise<WebAssembly.Module> {
  if (given instanceof WebAssembly.Module) return given;
  if (!(typeof Response === 'function' && given instanceof Response)) return WebAssembly.compile(given as BufferSource);
  if (!given.ok) throw new Error(`${given.url} was answered with ${given.status}`);
  // Servers that don't know the type are many, and engines stream no other.
  if (/^application\/wasm$/i.test(given.headers.get('content-type') ?? '')) return WebAssembly.compileStreaming(given);
  return WebAssembly.compile(await given.arrayBuffer());
}

/** The one error for all that can be in the way. Engines name a Content-Security-Policy in words of their own, or not. */
function loadError(cause: unknown, given: unknown): Error {
  const error = new Error(`websocket-wasm can't load its WebAssembly: ${reason(cause, given)}.`, { cause });
  error.name = 'WasmLoadError';
  return error;
}

function reason(cause: unknown, given: unknown): string {
  if (typeof WebAssembly !== 'object') return 'this engine has none, or it is switched off';
  const message = (cause instanceof Error && cause.message) || `${cause}`;
  const refused = /content.security|unsafe-eval|code generation|disallowed by embedder|blocked by CSP/i;
  if (refused.test(message) || (ArrayBuffer.isView(given) && WebAssembly.validate(given as BufferSource))) {
    return `the Content-Security-Policy forbids it: script-src needs 'wasm-unsafe-eval' (${message})`;
  }
  if (ArrayBuffer.isView(given)) return `this engine can't compile it: it needs SIMD (${message})`;
  return message;
}
