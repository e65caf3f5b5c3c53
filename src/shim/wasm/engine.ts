// What the core calls by src/dom/engine.rs: a parser of URLs, and allocations that the engine may refuse for lack of memory.
// An exception that passed through WebAssembly would leave the core in the middle of a call, so those return `undefined`
// instead.
import { allocate, copyOf } from '../platform/binary.ts';
import { URL } from '../platform/globals.ts';
import { host } from '../platform/host.ts';
import { encode } from '../platform/text.ts';

export const engine = {
  encode,

  /** A copy of the bytes, in a buffer of their own. */
  copy(bytes: Uint8Array): Uint8Array | undefined {
    return orUndefined(() => copyOf(bytes, 0, bytes.length));
  },

  /** The bytes where they are, in the core's memory. */
  view: (bytes: Uint8Array): Uint8Array => bytes,

  /** The same with room for `headroom` bytes in front of it in its buffer; `reusable`: in memory that is used again. */
  copyOutput(bytes: Uint8Array, headroom: number, reusable: boolean): Uint8Array | undefined {
    return orUndefined(() => {
      const length = headroom + bytes.length;
      const copy = (reusable && host.allocateOutput?.(length)) || allocate(length);
      copy.set(bytes, headroom);
      return headroom === 0 ? copy : copy.subarray(headroom);
    });
  },

  /** Zeroed bytes. */
  allocate(length: number): Uint8Array | undefined {
    return orUndefined(() => new Uint8Array(length));
  },

  /** The URL, parsed and serialised. Its exception is caught where the core calls it. */
  href: (url: string, base: string): string => new URL(url, base || undefined).href,

  /** The concatenation of two strings: engines limit the length of a string. */
  concat(text: string, more: string): string | undefined {
    return orUndefined(() => text + more);
  },
};

function orUndefined<Value>(run: () => Value): Value | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
