// The core's options before the core is loaded: each call is checked, and recorded for the core.
import { type CoreOptions, newOptions } from '../wasm/core.ts';
import { checkDeflate, checkLimit } from './checks.ts';

export class PendingOptions implements CoreOptions {
  /** The names of the headers. */
  readonly headers: string[] = [];
  readonly #calls: ((options: CoreOptions) => void)[] = [];

  setLimit(name: string, value: number): void {
    checkLimit(name, value);
    this.#calls.push((options) => options.setLimit(name, value));
  }

  offerNothing(): void {
    this.#calls.push((options) => options.offerNothing());
  }

  setNoContextTakeover(server: boolean, client: boolean): void {
    this.#calls.push((options) => options.setNoContextTakeover(server, client));
  }

  setDeflate(name: string, value: number): void {
    checkDeflate(name, value);
    this.#calls.push((options) => options.setDeflate(name, value));
  }

  addHeader(name: string, value: string): void {
    this.headers.push(name);
    this.#calls.push((options) => options.addHeader(name, value));
  }

  setOrigin(origin: string): void {
    this.#calls.push((options) => options.setOrigin(origin));
  }

  free(): void {}

  [Symbol.dispose](): void {}

  /** The same options in the core, which is loaded by now. */
  toCore(): CoreOptions {
    const options = newOptions();
    for (const call of this.#calls) call(options);
    return options;
  }
}
