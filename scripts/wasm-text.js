// How bytes stand in the text of a module: one printable character each, so that what compresses wasm still does. (In
// base64 the same file takes a third more once it is compressed.)

/** The first 91 byte values are ASCII's printable characters from `#` on, but for the backslash; the rest follow `¡`. */
const ASCII = 0x23;
const BACKSLASH = 0x5c;
const ASCII_COUNT = 91;
const LATIN = 0xa1;

/**
 * The source of a module whose default export gives those bytes.
 * @param {Uint8Array} bytes
 */
export function moduleOf(bytes) {
  return `export default () => (${fromText})(${JSON.stringify(toText(bytes))});`;
}

/** Stands in that module, so it names nothing from outside. */
function fromText(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    bytes[i] = code < 0x7f ? code - 0x23 - (code > 0x5c ? 1 : 0) : code - 0xa1 + 91;
  }
  return bytes;
}

/** @param {Uint8Array} bytes */
function toText(bytes) {
  return Array.from(bytes, (byte) => String.fromCharCode(codes[byte])).join('');
}

const codes = Array.from({ length: 256 }, (_, byte) => {
  if (byte >= ASCII_COUNT) return byte - ASCII_COUNT + LATIN;
  return byte + ASCII + (byte + ASCII >= BACKSLASH ? 1 : 0);
});
