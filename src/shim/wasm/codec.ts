// DEFLATE for the core: a WebAssembly module of its own, loaded when a connection may need it.

import { console, fetch, type URL } from '../platform/globals.ts';
import type { Instance } from './instance.ts';
import { compile } from './load.ts';

/** The module, compiled or its bytes. */
type CodecModule = WebAssembly.Module | Uint8Array<ArrayBuffer>;

/** Returns the module, if it is inlined. */
let supplier: (() => CodecModule) | undefined;
/** Otherwise, the URL of its file. */
let fileUrl: (() => URL) | undefined;
/** The request that is under way. */
let fetching: Promise<CodecModule | undefined> | undefined;
let compiled: WebAssembly.Module | undefined;

/** The instances of the core that have a codec. */
const withCodec = new WeakSet<Instance>();

/** Sets a function that returns the codec's module. */
export function supplyCodec(supply: () => CodecModule): void {
  supplier ??= supply;
}

/** Sets the URL of the codec's file, for when no function supplies it. `url` throws in a script that isn't a module. */
export function fetchCodecFrom(url: () => URL): void {
  fileUrl ??= url;
}

/**
 * Loads the codec for an instance of the core.
 *
 * @returns whether the instance has one: a boolean if that is known now, otherwise a promise
 */
export function loadCodec(instance: Instance): boolean | Promise<boolean> {
  try {
    const module = compiled ?? supplier?.();
    if (module || !fileUrl) return setCodec(instance, module);
    fetching ??= fetchCodec(fileUrl());
    return fetching.then((fetched) => setCodec(instance, fetched));
  } catch (error) {
    fileUrl = undefined;
    return warn(error);
  }
}

/** @returns never rejects */
async function fetchCodec(url: URL): Promise<CodecModule | undefined> {
  try {
    return await compile(await fetch(url));
  } catch (error) {
    // A file that is missing will be missing the next time; a network that failed may work again.
    if (!(error instanceof TypeError)) fileUrl = undefined;
    warn(error);
    return undefined;
  } finally {
    fetching = undefined;
  }
}

function setCodec(instance: Instance, module: CodecModule | undefined): boolean {
  if (withCodec.has(instance)) return true;
  if (!module) return false;
  try {
    compiled ??= module instanceof Uint8Array ? new WebAssembly.Module(module) : module;
    instance.bindings.setCodec(makeCodec(compiled));
    withCodec.add(instance);
    return true;
  } catch (error) {
    if (instance.stopped) return instance.outcome(error) ?? false;
    // It isn't the codec: the next attempt would fail too. Without memory for it, that may succeed.
    if (!(error instanceof RangeError)) compiled = supplier = fileUrl = undefined;
    return warn(error);
  }
}

/** Compression is optional; warn, so that its absence can be explained. */
function warn(error: unknown): false {
  const how = "import 'websocket-wasm/deflate' to inline it";
  try {
    console.warn(`websocket-wasm: can't load codec.wasm, connecting without compression (${how}):`, error);
  } catch {
    // Test environments have consoles that throw.
  }
  return false;
}

/** The exports of codec/src/lib.rs. */
interface Exports extends Record<string, WebAssembly.ExportValue> {
  memory: WebAssembly.Memory;
  input(): number;
  output(): number;
  compressor(level: number, windowBits: number): number;
  decompressor(windowBits: number): number;
  run(id: number, length: number, room: number, flush: boolean): number;
  reset(id: number): void;
  free(id: number): void;
}

/** An instance of the codec, as the core calls it. Throws for a module that isn't the codec. */
function makeCodec(module: WebAssembly.Module) {
  const wasm = new WebAssembly.Instance(module).exports as Exports;
  /** The module's memory from the start of its input buffer, and of its output buffer. */
  let input = new Uint8Array();
  let output = input;
  /** Views of memory that has grown are empty. */
  const refreshViews = () => {
    if (input.length > 0) return;
    // First, because the memory may grow in these calls.
    const [from, to] = [wasm.input(), wasm.output()];
    input = new Uint8Array(wasm.memory.buffer, from);
    output = new Uint8Array(wasm.memory.buffer, to);
  };
  refreshViews();
  return {
    newCompressor: wasm.compressor,
    newDecompressor: wasm.decompressor,
    reset: wasm.reset,
    free: wasm.free,

    /** `from` and `to` are the core's memory. */
    run(id: number, from: Uint8Array, to: Uint8Array, flush: boolean): number {
      refreshViews();
      input.set(from);
      const progress = wasm.run(id, from.length, to.length, flush);
      // The lowest 16 bits.
      const produced = progress % 0x1_0000;
      refreshViews();
      to.set(output.subarray(0, produced));
      return progress;
    },
  };
}
