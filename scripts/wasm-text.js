// How bytes stand in the text of a module: one printable character each, so that what compresses wasm still does. (In
// base64 the same file takes a third more once it is compressed.) src/shim/inlined.ts is the other half.

/** The first 91 byte values are ASCII's printable characters from `#` on, but for the backslash; the rest follow `¡`. */
const ASCII = 0x23;
const BACKSLASH = 0x5c;
const ASCII_COUNT = 91;
const LATIN = 0xa1;

/** @param {Uint8Array} bytes */
export function toText(bytes) {
  return Array.from(bytes, (byte) => String.fromCharCode(codes[byte])).join('');
}

const codes = Array.from({ length: 256 }, (_, byte) => {
  if (byte >= ASCII_COUNT) return byte - ASCII_COUNT + LATIN;
  return byte + ASCII + (byte + ASCII >= BACKSLASH ? 1 : 0);
});
