// DEFLATE for the core: a WebAssembly module of its own, which is loaded once a connection may need it.

import { console, fetch, type URL } from '../platform/globals.ts';
import type { Instance } from './instance.ts';
import { compile } from './load.ts';

/** The module, or its bytes. */
type Given = WebAssembly.Module | Uint8Array<ArrayBuffer>;

/** Where it comes from: what is there, or else a file. */
let supplied: (() => Given) | undefined;
let file: (() => URL) | undefined;
/** The one attempt that is under way. */
let fetching: Promise<Given | undefined> | undefined;
let compiled: WebAssembly.Module | undefined;

/** The codec of each instance of the core. */
const codecs = new WeakSet<Instance>();

/** Supplies the codec. */
export function supplyCodec(supply: () => Given): void {
  supplied ??= supply;
}

/** Says where the file is, for where nobody supplies the codec. Where a script is no module, asking for that throws. */
export function fetchCodecFrom(url: () => URL): void {
  file ??= url;
}

/**
 * Gives that instance of the core its codec.
 *
 * @returns whether there is one: at once, or once that is known
 */
export function giveCodec(instance: Instance): boolean | Promise<boolean> {
  try {
    const given = compiled ?? supplied?.();
    if (given || !file) return give(instance, given);
    fetching ??= fetched(file());
    return fetching.then((module) => give(instance, module));
  } catch (error) {
    file = undefined;
    return failed(error);
  }
}

/** @returns never rejects */
async function fetched(url: URL): Promise<Given | undefined> {
  try {
    return await compile(await fetch(url));
  } catch (error) {
    // What isn't there will not be there the next time, but the network may be.
    if (!(error instanceof TypeError)) file = undefined;
    failed(error);
    return undefined;
  } finally {
    fetching = undefined;
  }
}

function give(instance: Instance, given: Given | undefined): boolean {
  if (codecs.has(instance)) return true;
  if (!given) return false;
  try {
    compiled ??= given instanceof Uint8Array ? new WebAssembly.Module(given) : given;
    instance.bindings.giveCodec(new Codec(compiled));
    codecs.add(instance);
    return true;
  } catch (error) {
    if (instance.stopped) return instance.outcome(error) ?? false;
    // It is no codec, or there is no room for one: nor will there be the next time.
    compiled = supplied = file = undefined;
    return failed(error);
  }
}

/** Compression is optional; warn, so that its absence can be explained. */
function failed(error: unknown): false {
  const how = "import 'websocket-wasm/deflate' brings it";
  try {
    console.warn(`websocket-wasm: can't load codec.wasm, connecting without compression (${how}):`, error);
  } catch {
    // Test environments have consoles that throw.
  }
  return false;
}

/** What codec/src/lib.rs exports. */
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

/** An instance of it, as the core calls it. */
class Codec {
  readonly #wasm: Exports;
  /** The module's memory from where input, and output, begins. */
  #input = new Uint8Array();
  #output = new Uint8Array();

  constructor(module: WebAssembly.Module) {
    this.#wasm = new WebAssembly.Instance(module).exports as Exports;
    // Throws where it is something else.
    this.#look();
  }

  newCompressor(level: number, windowBits: number): number {
    return this.#wasm.compressor(level, windowBits);
  }

  newDecompressor(windowBits: number): number {
    return this.#wasm.decompressor(windowBits);
  }

  /** `input` and `output` are the core's memory. */
  run(id: number, input: Uint8Array, output: Uint8Array, flush: boolean): number {
    this.#look();
    this.#input.set(input);
    const progress = this.#wasm.run(id, input.length, output.length, flush);
    // The lowest 16 bits.
    const made = progress % 0x1_0000;
    this.#look();
    output.set(this.#output.subarray(0, made));
    return progress;
  }

  reset(id: number): void {
    this.#wasm.reset(id);
  }

  free(id: number): void {
    this.#wasm.free(id);
  }

  /** Views of memory that has grown are empty. */
  #look(): void {
    if (this.#input.length > 0) return;
    // Asked for first: the memory may grow for them.
    const [input, output] = [this.#wasm.input(), this.#wasm.output()];
    this.#input = new Uint8Array(this.#wasm.memory.buffer, input);
    this.#output = new Uint8Array(this.#wasm.memory.buffer, output);
  }
}
