// Payloads that are sent part by part, so that a large one is never held both in the page and in wasm.

import { copyOf } from '../../platform/binary.ts';
import { Blob, DOMException, TextEncoder } from '../../platform/globals.ts';
import { cutBefore } from '../../platform/text.ts';

/** A message of more bytes (for a string, code units) than this is sent in parts. */
export const MAX_WHOLE = 1024 * 1024;

/** The size of a part, in bytes or code units: with its header it fits the memory that the core keeps for output. */
export const PART = 128 * 1024 - 256;

/** The payload of one message, part by part. */
export interface MessageParts {
  next(): Uint8Array | Promise<Uint8Array>;
}

/** Parts of a copy of the bytes, made now. */
export function partsOfBytes(bytes: Uint8Array): MessageParts {
  const copy = copyOf(bytes, 0, bytes.length);
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

/** Parts of a string in UTF-8, cut between characters. A part is valid until the next one is asked for. */
export function partsOfText(text: string): MessageParts {
  const encoder = new TextEncoder();
  const room = new Uint8Array(3 * PART);
  let at = 0;
  return {
    next: () => {
      const start = at;
      at = cutBefore(text, at + PART);
      return room.subarray(0, encoder.encodeInto(text.slice(start, at), room).written);
    },
  };
}
