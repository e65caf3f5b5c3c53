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
    instance.bindings.setCodec(new Codec(compiled));
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

/** An instance of the codec, as the core calls it. */
class Codec {
  readonly #wasm: Exports;
  /** The module's memory from the start of its input buffer, and of its output buffer. */
  #input = new Uint8Array();
  #output = new Uint8Array();

  constructor(module: WebAssembly.Module) {
    this.#wasm = new WebAssembly.Instance(module).exports as Exports;
    // Throws for a module that isn't the codec.
    this.#refreshViews();
  }

  newCompressor(level: number, windowBits: number): number {
    return this.#wasm.compressor(level, windowBits);
  }

  newDecompressor(windowBits: number): number {
    return this.#wasm.decompressor(windowBits);
  }

  /** `input` and `output` are the core's memory. */
  run(id: number, input: Uint8Array, output: Uint8Array, flush: boolean): number {
    this.#refreshViews();
    this.#input.set(input);
    const progress = this.#wasm.run(id, input.length, output.length, flush);
    // The lowest 16 bits.
    const produced = progress % 0x1_0000;
    this.#refreshViews();
    output.set(this.#output.subarray(0, produced));
    return progress;
  }

  reset(id: number): void {
    this.#wasm.reset(id);
  }

  free(id: number): void {
    this.#wasm.free(id);
  }

  /** Views of memory that has grown are empty. */
  #refreshViews(): void {
    if (this.#input.length > 0) return;
    // First, because the memory may grow in these calls.
    const [input, output] = [this.#wasm.input(), this.#wasm.output()];
    this.#input = new Uint8Array(this.#wasm.memory.buffer, input);
    this.#output = new Uint8Array(this.#wasm.memory.buffer, output);
  }
}
