// DER (X.690), as far as it must be known before the module is loaded, which parses it.

const SEQUENCE = 0x30;

/** The parameters of a P-256 key, and the algorithm of an Ed25519 key: object identifiers. */
const KEYS = /06082a8648ce3d030107|06032b6570/;

/** Whether bytes are one SEQUENCE, as a certificate and a key are. */
export function isSequence(bytes: Uint8Array): boolean {
  const [tag, first = 0] = bytes;
  // From 128 on, the length is in that many further bytes.
  const size = first < 0x80 ? 0 : first - 0x80;
  const length = size === 0 ? first : bytes.subarray(2, 2 + size).reduce((sum, byte) => sum * 0x100 + byte, 0);
  return tag === SEQUENCE && 2 + size + length === bytes.length;
}

/** Whether bytes may be a private key of P-256 or Ed25519 that isn't encrypted: PKCS#8 (RFC 5958) or SEC1 (RFC 5915). */
export function isSupportedKey(bytes: Uint8Array): boolean {
  return isSequence(bytes) && KEYS.test(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}
