// Loading the core: from its file, its bytes, a response or a URL.

import { messageOf } from '../failure.ts';
import { isBinary } from '../platform/binary.ts';
import { fetch, responseClass, URL } from '../platform/globals.ts';
import { loadError } from '../platform/load-error.ts';
import { instantiate, isLoaded } from './core.ts';

/** `websocket_wasm.wasm`, its bytes or compiled: a `WebAssembly.Module`, a name that Node's types lack. */
export type WasmSource = ArrayBuffer | ArrayBufferView<ArrayBuffer> | WasmModule;

/** A `WebAssembly.Module`. */
export type WasmModule = object;

/** A source of that file: itself, a response, or its URL. */
export type WasmInput = WasmSource | Response | URL | string;

/**
 * Compiles and instantiates the core at once.
 *
 * @throws {Error} named `WasmLoadError`
 */
export function loadSync(input: WasmSource): void {
  if (isLoaded()) return;
  let module: WebAssembly.Module;
  try {
    module = input instanceof WebAssembly.Module ? input : new WebAssembly.Module(input as BufferSource);
  } catch (cause) {
    throw loadError(whyNotCompiled(cause, input), cause);
  }
  start(module);
}

/**
 * Compiles the core, if possible while its bytes arrive, and instantiates it.
 *
 * @returns rejects with an `Error` named `WasmLoadError`
 */
export async function load(input: WasmInput | PromiseLike<WasmInput>): Promise<void> {
  if (isLoaded()) return;
  try {
    const module = await compileCore(await fetchSource(input));
    // Another entry may have loaded it meanwhile.
    if (!isLoaded()) start(module);
  } catch (error) {
    if (!isLoaded()) throw error;
  }
}

/**
 * Compiles a module: that of a response while it arrives, if its server sends the type.
 *
 * @internal
 * @returns rejects with the engine's own error
 */
export async function compile(source: WasmSource | Response): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (!isResponse(source)) return WebAssembly.compile(source as BufferSource);
  checkStatus(source);
  // Many servers don't send the type, and engines stream no other.
  if (/^application\/wasm$/i.test(source.headers.get('content-type') ?? ''))
    return WebAssembly.compileStreaming(source);
  return WebAssembly.compile(await source.arrayBuffer());
}

/** Separate from fetching, whose errors may name a Content-Security-Policy too: its `connect-src`. */
async function compileCore(source: WasmSource | Response): Promise<WebAssembly.Module> {
  try {
    return await compile(source);
  } catch (cause) {
    throw loadError(whyNotCompiled(cause, source), cause);
  }
}

/** The input, or for a URL its response. */
async function fetchSource(input: WasmInput | PromiseLike<WasmInput>): Promise<WasmSource | Response> {
  try {
    const awaited = await input;
    const source = typeof awaited === 'string' || awaited instanceof URL ? await fetch(awaited) : awaited;
    if (isResponse(source)) checkStatus(source);
    return source;
  } catch (cause) {
    throw loadError(messageOf(cause), cause);
  }
}

function isResponse(source: unknown): source is Response {
  const Response = responseClass();
  return typeof Response === 'function' && source instanceof Response;
}

function checkStatus({ ok, url, status }: Response): void {
  if (!ok) throw new Error(`${url} was answered with ${status}`);
}

function start(module: WebAssembly.Module): void {
  try {
    instantiate(module);
  } catch (cause) {
    throw loadError(forbidden(messageOf(cause)) ?? `it can't be instantiated (${messageOf(cause)})`, cause);
  }
}

function whyNotCompiled(cause: unknown, source: unknown): string {
  if (typeof WebAssembly !== 'object') return 'this engine has no WebAssembly, or it is disabled';
  const message = messageOf(cause);
  const isBytes = isBinary(source);
  // Some engines give no reason. If the bytes are valid, and the error isn't a RangeError (no memory), it is the policy.
  const isValid = isBytes && !(cause instanceof RangeError) && WebAssembly.validate(source as BufferSource);
  const policy = forbidden(message, isValid);
  return policy ?? (isBytes ? `it is damaged, or this engine has no SIMD (${message})` : message);
}

/** The reason if it is a Content-Security-Policy, which each engine words differently; WebKit applies it on instantiation. */
function forbidden(message: string, certain = false): string | undefined {
  const named = /content.security|unsafe-eval|code generation|disallowed by embedder|blocked by CSP/i.test(message);
  if (!named && !certain) return undefined;
  return `the Content-Security-Policy forbids it: script-src needs 'wasm-unsafe-eval' (${message})`;
}
