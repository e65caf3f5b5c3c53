// The payloads of messages that come in parts: what is large is never held twice, in the page and in wasm.
import { Blob, DOMException, TextEncoder } from '../../platform/globals.ts';

/** What has more than this many bytes (or characters) comes in parts. */
export const LARGE = 1024 * 1024;

/** The size of a part: bytes, or for strings characters. */
const PART = 512 * 1024;

/** Gives a message's payload from its start, part by part. */
export interface Source {
  next(): Uint8Array | Promise<Uint8Array>;
}

/** Bytes: a copy, made now. */
export function sourceOfBytes(bytes: Uint8Array): Source {
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

/** A Blob, read when its turn comes, by the platform's methods: the Blob may have others of its own. */
export function sourceOfBlob(blob: Blob): Source {
  let at = 0;
  return {
    next: async () => {
      const start = at;
      at += PART;
      const part = new Uint8Array(await arrayBuffer.call(slice.call(blob, start, at)));
      // It says that it has more than it gives: asking on would never end.
      if (part.length === 0 && start > 0)
        throw new DOMException('The Blob is shorter than its size.', 'NotReadableError');
      return part;
    },
  };
}

/** A string, cut between characters. */
export function sourceOfText(text: string): Source {
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

/** The bytes of a string in UTF-8, lone surrogates replaced, without making them. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) {
      length += 1;
    } else if (isHighSurrogate(code) && isLowSurrogate(text.charCodeAt(i + 1))) {
      // Four bytes for two units.
      length += 2;
      i += 1;
    } else {
      length += 2;
    }
  }
  return length;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
