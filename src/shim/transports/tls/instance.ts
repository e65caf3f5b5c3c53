// An instance of tls.wasm. When a call traps, it stops for good: its connections fail, and the next one gets a fresh one.

import type { Failure } from '../../failure.ts';
import { messageOf } from '../../failure.ts';
import { crypto } from '../../platform/globals.ts';
import { unavailable } from './failures.ts';

/** The exports of tls/src/exports.rs. An argument is written to the room that `scratch` makes, before the call. */
export interface Exports extends Record<string, WebAssembly.ExportValue> {
  memory: WebAssembly.Memory;
  clock(seconds: number): void;
  scratch(length: number): number;
  set_roots(): number;
  connect(): number;
  receive(id: number): number;
  send(id: number): number;
  close(id: number): number;
  output(id: number): number;
  output_len(id: number): number;
  output_taken(id: number): void;
  plaintext(id: number): number;
  plaintext_len(id: number): number;
  plaintext_taken(id: number): void;
  failure(id: number): number;
  failure_detail(id: number): void;
  facts(id: number): void;
  keylog(id: number): void;
  result(): number;
  result_len(): number;
  free(id: number): void;
}

/** A connection of an instance. */
export interface TrapListener {
  /** Called when the instance has stopped: no call into it is possible any more. */
  trapped(failure: Failure): void;
}

/** The value while the instance hasn't stopped. */
const RUNNING = Symbol('running');

const settled = Promise.resolve();
const { then } = Promise.prototype;

export class TlsInstance {
  readonly exports: Exports;
  /** The exception of the first call that didn't return, or RUNNING. */
  #stoppedBy: unknown = RUNNING;
  #hasRoots = false;
  readonly #listeners = new Set<TrapListener>();
  /** Called when there are no more trap listeners. */
  readonly #onEmpty: () => void;

  /** Calls the trap listeners, each once, if the instance stopped. On the engine's stack: little may be left of ours. */
  readonly notifySoon = then.bind(settled, () => {
    if (!this.stopped) return;
    for (const listener of this.#listeners) {
      this.#listeners.delete(listener);
      listener.trapped(this.failure);
    }
    this.#onEmpty();
  }) as () => unknown;

  constructor(module: WebAssembly.Module, onEmpty: () => void) {
    this.#onEmpty = onEmpty;
    const env = { random: (address: number, length: number) => this.#random(address, length) };
    this.exports = new WebAssembly.Instance(module, { env }).exports as Exports;
  }

  /** Whether no call is possible any more. */
  get stopped(): boolean {
    return this.#stoppedBy !== RUNNING;
  }

  /** The failure of a connection of an instance that has stopped. */
  get failure(): Failure {
    return unavailable(`its WebAssembly stopped: ${messageOf(this.#stoppedBy)}`, this.#stoppedBy);
  }

  get memory(): WebAssembly.Memory {
    return this.exports.memory;
  }

  /** How many trap listeners there are: one for each connection. */
  get users(): number {
    return this.#listeners.size;
  }

  addTrapListener(listener: TrapListener): void {
    this.#listeners.add(listener);
  }

  removeTrapListener(listener: TrapListener): void {
    this.#listeners.delete(listener);
    if (this.users === 0) this.#onEmpty();
  }

  /**
   * Runs calls of exports. WebAssembly isn't unwound: whatever leaves an export as an exception (a trap, a stack that
   * overflowed) leaves the instance in an unknown state, for good.
   *
   * @returns `undefined` if the instance has stopped
   */
  guard<Result>(run: (exports: Exports) => Result): Result | undefined {
    if (!this.stopped) {
      try {
        return run(this.exports);
      } catch (error) {
        // Only an assignment: there may be no stack left for a call.
        this.#stoppedBy = error;
      }
    }
    this.notifySoon();
    return undefined;
  }

  /** Sets the built-in authorities, unless they are set. Returns whether they are. */
  setRoots(roots: Uint8Array): boolean {
    this.#hasRoots ||=
      this.guard((exports) => {
        this.setArgument(roots);
        return exports.set_roots() === 1;
      }) === true;
    return this.#hasRoots;
  }

  /** Sets the argument of the next call. To be called in {@link guard}, as the methods below. */
  setArgument(bytes: Uint8Array): void {
    const address = this.exports.scratch(bytes.length) >>> 0;
    this.#bytes.set(bytes, address);
  }

  /** A copy of bytes in the module's memory. */
  copy(address: number, length: number): Uint8Array<ArrayBuffer> {
    const start = address >>> 0;
    return this.#bytes.slice(start, start + length);
  }

  /** A copy of the result of the last call that has one. */
  result(): Uint8Array<ArrayBuffer> {
    return this.copy(this.exports.result(), this.exports.result_len());
  }

  /** A view is empty once the memory has grown. */
  get #bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.exports.memory.buffer);
  }

  /** Fills memory with random bytes: keys and nonces. For more than 65,536 bytes `getRandomValues()` throws. */
  #random(address: number, length: number): void {
    const start = address >>> 0;
    crypto.getRandomValues(this.#bytes.subarray(start, start + length));
  }
}
