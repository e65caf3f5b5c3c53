// The core's options until there is a core: they are checked, and kept.
import { type CoreOptions, newOptions } from '../wasm/core.ts';
import { checkDeflate, checkLimit } from './checks.ts';

export class EarlyOptions implements CoreOptions {
  readonly headers: [string, string][] = [];
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
    this.headers.push([name, value]);
    this.#calls.push((options) => options.addHeader(name, value));
  }

  hasHeader(name: string): boolean {
    return this.headers.some(([other]) => other.toLowerCase() === name.toLowerCase());
  }

  free(): void {}

  [Symbol.dispose](): void {}

  /** The same options, of the core that is loaded now. */
  toCore(): CoreOptions {
    const options = newOptions();
    for (const call of this.#calls) call(options);
    return options;
  }
}
