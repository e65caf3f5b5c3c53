// Strings to UTF-8 and back, by whatever the platform does fastest.
import { TextDecoder, TextEncoder } from './globals.ts';
import { host } from './host.ts';

/** Up to this many code units a loop is quicker than the platform's encoder. */
const SHORT = 32;

/** How many bytes are decoded at a time at most: every engine has strings of that length. */
const MAX_DECODED = 16 * 1024 * 1024;

/** How many code units are counted at a time. */
const MAX_COUNTED = 16 * 1024;

// A text keeps its byte order mark.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();
let scratch: Uint8Array<ArrayBuffer> | undefined;

/**
 * The text in bytes that are valid UTF-8.
 *
 * @throws {RangeError} or another error of the engine, if it has no string of that length
 */
export function decode(bytes: Uint8Array, start: number, end: number, isAscii: boolean): string {
  return host.decode?.(bytes, start, end, isAscii) ?? decoder.decode(bytes.subarray(start, end));
}

/** The text in parts, which may be cut within characters. Throws what {@link decode} does. */
export function decodeParts(parts: readonly Uint8Array[]): string {
  const streaming = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  for (const part of parts) {
    for (let at = 0; at < part.length; at += MAX_DECODED) {
      text += streaming.decode(part.subarray(at, at + MAX_DECODED), { stream: true });
    }
  }
  return text;
}

/**
 * Encodes `text` from the code unit `start` on, as far as there is room in `into`; lone surrogates are replaced.
 *
 * @returns the number of code units read times 2^24, plus the number of bytes written
 */
export function encode(text: string, start: number, into: Uint8Array): number {
  const { length } = text;
  if (length <= SHORT && length <= into.length && start === 0) {
    let at = 0;
    while (at < length) {
      const code = text.charCodeAt(at);
      if (code >= 0x80) break;
      into[at] = code;
      at += 1;
    }
    if (at === length) return at * 0x1000001;
  }
  const { read, written } = encoder.encodeInto(start === 0 ? text : text.slice(start), into);
  return read * 0x1000000 + written;
}

/** The number of bytes of a string in UTF-8, lone surrogates replaced. */
export function byteLength(text: string): number {
  if (host.byteLength) return host.byteLength(text);
  scratch ??= new Uint8Array(3 * MAX_COUNTED);
  let length = 0;
  for (let at = 0; at < text.length; ) {
    const end = cutBefore(text, at + MAX_COUNTED);
    length += encoder.encodeInto(text.slice(at, end), scratch).written;
    at = end;
  }
  return length;
}

/** `at`, or one less: a cut there would separate a surrogate pair. */
export function cutBefore(text: string, at: number): number {
  const code = text.charCodeAt(at - 1);
  return code >= 0xd800 && code <= 0xdbff && at < text.length ? at - 1 : at;
}
