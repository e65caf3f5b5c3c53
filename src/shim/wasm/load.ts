// How the wasm file becomes the core.

import { messageOf } from '../failure.ts';
import { fetch, Response } from '../platform/globals.ts';
import { isMemory } from '../websocket/send-data.ts';
import { instantiate, isLoaded } from './core.ts';
import { loadError } from './load-error.ts';

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
  let module: WebAssembly.Module;
  try {
    module = input instanceof WebAssembly.Module ? input : new WebAssembly.Module(input as BufferSource);
  } catch (cause) {
    throw loadError(whyNotCompiled(cause, input), cause);
  }
  start(module);
}

/**
 * Compiles the core, while it is loaded where that can be, and instantiates it.
 *
 * @returns rejects with an `Error` named `WasmLoadError`
 */
export async function load(input: WasmInput | PromiseLike<WasmInput>): Promise<void> {
  if (isLoaded()) return;
  try {
    const module = await compileLoaded(await bring(input));
    // Another entry may have brought it meanwhile.
    if (!isLoaded()) start(module);
  } catch (error) {
    if (!isLoaded()) throw error;
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
  if (!isResponse(given)) return WebAssembly.compile(given as BufferSource);
  checkStatus(given);
  // Servers that don't know the type are many, and engines stream no other.
  if (/^application\/wasm$/i.test(given.headers.get('content-type') ?? '')) return WebAssembly.compileStreaming(given);
  return WebAssembly.compile(await given.arrayBuffer());
}

/** Apart from fetching, whose errors may name a Content-Security-Policy too: its `connect-src`. */
async function compileLoaded(given: WasmSource | Response): Promise<WebAssembly.Module> {
  try {
    return await compile(given);
  } catch (cause) {
    throw loadError(whyNotCompiled(cause, given), cause);
  }
}

/** What was given; for a URL, its response. */
async function bring(input: WasmInput | PromiseLike<WasmInput>): Promise<WasmSource | Response> {
  try {
    const awaited = await input;
    const given = typeof awaited === 'string' || awaited instanceof URL ? await fetch(awaited) : awaited;
    if (isResponse(given)) checkStatus(given);
    return given;
  } catch (cause) {
    throw loadError(messageOf(cause), cause);
  }
}

function isResponse(given: unknown): given is Response {
  return typeof Response === 'function' && given instanceof Response;
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

function whyNotCompiled(cause: unknown, given: unknown): string {
  if (typeof WebAssembly !== 'object') return 'this engine has none, or it is switched off';
  const message = messageOf(cause);
  const isBytes = isMemory(given);
  // Not every engine gives its reason; but it finds the bytes valid, and a RangeError says that there is no memory.
  const isValid = isBytes && !(cause instanceof RangeError) && WebAssembly.validate(given as BufferSource);
  const policy = forbidden(message, isValid);
  return policy ?? (isBytes ? `it is damaged, or this engine has no SIMD (${message})` : message);
}

/** The reason where it is a Content-Security-Policy, which engines name in words of their own; WebKit on instantiating. */
function forbidden(message: string, certain = false): string | undefined {
  const named = /content.security|unsafe-eval|code generation|disallowed by embedder|blocked by CSP/i.test(message);
  if (!named && !certain) return undefined;
  return `the Content-Security-Policy forbids it: script-src needs 'wasm-unsafe-eval' (${message})`;
}
