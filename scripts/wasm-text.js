// Encodes bytes as the text of a module, one printable character per byte: it compresses nearly as well as the wasm
// itself. (Compressed base64 is a third larger.)

/**
 * Byte values 0 to 90 are the printable ASCII characters from `#` on, except the backslash. The rest are letters whose second
 * byte in UTF-8 has the lower six bits of the value: that compresses better than other places.
 */
const ASCII = 0x23;
const BACKSLASH = 0x5c;
const ASCII_COUNT = 91;
const LETTERS = 0x80;

/**
 * The source of a module whose default export returns the bytes.
 * @param {Uint8Array} bytes
 */
export function moduleOf(bytes) {
  return `export default () => (${fromText})(${JSON.stringify(toText(bytes))});`;
}

/** Copied into that module as text, so it must not refer to anything outside. */
function fromText(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    bytes[i] = code - (code > 0x7f ? 0x80 : code > 0x5c ? 0x24 : 0x23);
  }
  return bytes;
}

/** @param {Uint8Array} bytes */
function toText(bytes) {
  return Array.from(bytes, (byte) => String.fromCharCode(codes[byte])).join('');
}

const codes = Array.from({ length: 256 }, (_, byte) => {
  if (byte >= ASCII_COUNT) return byte + LETTERS;
  return byte + ASCII + (byte + ASCII >= BACKSLASH ? 1 : 0);
});
