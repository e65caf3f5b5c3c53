// Payloads that are sent part by part, so that a large one is never held both in the page and in wasm.
import { Blob, DOMException, TextEncoder } from '../../platform/globals.ts';
import { isHighSurrogate } from '../../platform/utf8.ts';

/** A message of more bytes (for a string, code units) than this is sent in parts. */
export const MAX_WHOLE = 1024 * 1024;

/** The size of a part, in bytes or code units. */
const PART = 512 * 1024;

/** The payload of one message, part by part. */
export interface MessageParts {
  next(): Uint8Array | Promise<Uint8Array>;
}

/** Parts of a copy of the bytes, made now. */
export function partsOfBytes(bytes: Uint8Array): MessageParts {
  const copy = bytes.slice();
  let at = 0;
  return {
    next: () => {
      at += PART;
      return copy.subarray(at - PART, at);
    },
  };
}

const { slice, arrayBuffer } = Blob.prototype;

/**
 * Parts of a Blob, read one by one, by the platform's methods: a script may have given the Blob others of the same
 * names.
 */
export function partsOfBlob(blob: Blob): MessageParts {
  let at = 0;
  return {
    next: async () => {
      const start = at;
      at += PART;
      const part = new Uint8Array(await arrayBuffer.call(slice.call(blob, start, at)));
      // Otherwise reading a Blob that is shorter than its `size` would loop forever.
      if (part.length === 0 && start > 0)
        throw new DOMException('The Blob is shorter than its size.', 'NotReadableError');
      return part;
    },
  };
}

/** Parts of a string in UTF-8, cut between characters. */
export function partsOfText(text: string): MessageParts {
  const encoder = new TextEncoder();
  let at = 0;
  return {
    next: () => {
      const start = at;
      at += PART;
      if (isHighSurrogate(text.charCodeAt(at - 1))) at -= 1;
      return encoder.encode(text.slice(start, at));
    },
  };
}
