// Bytes to base64 and back.
import { atob, btoa } from './globals.ts';

/** How many bytes are encoded at a time: a multiple of 3, and few enough for the arguments of a call. */
const PART = 3 * 8192;

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PART) text += btoa(binary(bytes.subarray(at, at + PART)));
  return text;
}

/** @throws {DOMException} for text that isn't base64 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const decoded = atob(text);
  const bytes = new Uint8Array(decoded.length);
  for (let at = 0; at < decoded.length; at += 1) bytes[at] = decoded.charCodeAt(at);
  return bytes;
}

function binary(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
