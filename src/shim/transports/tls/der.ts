// DER (X.690), as far as needed to tell certificates and kinds of keys.

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
/** In SEC1, the curve. */
const PARAMETERS = 0xa0;

/** One value: its tag and its content. */
interface Value {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** The kinds of private keys, by the structure that holds them. */
export type KeyKind = 'P-256 or Ed25519' | 'RSA' | 'encrypted' | 'another algorithm';

/** Whether bytes have the outer structure of a certificate (RFC 5280 4.1). */
export function isCertificate(bytes: Uint8Array): boolean {
  return `${sequence(bytes)?.map(({ tag }) => tag)}` === `${[SEQUENCE, SEQUENCE, BIT_STRING]}`;
}

/** The kind of a private key; `undefined` if it is neither PKCS#8 (RFC 5958) nor SEC1 (RFC 5915) nor PKCS#1 (RFC 8017). */
export function keyKind(bytes: Uint8Array): KeyKind | undefined {
  const [first, second, third] = sequence(bytes) ?? [];
  if (first?.tag === SEQUENCE && second?.tag === OCTET_STRING) return 'encrypted';
  if (first?.tag !== INTEGER) return undefined;
  if (second?.tag === INTEGER) return 'RSA';
  if (second?.tag === SEQUENCE && third?.tag === OCTET_STRING) return kindOf(hex(second.content));
  if (second?.tag === OCTET_STRING) return third?.tag !== PARAMETERS || hex(third.content) === P256 ? KNOWN : OTHER;
  return undefined;
}

const KNOWN = 'P-256 or Ed25519';
const OTHER = 'another algorithm';

/** AlgorithmIdentifiers and their beginnings, in hexadecimal: id-ecPublicKey and secp256r1, Ed25519, PKCS#1's. */
const P256 = '06082a8648ce3d030107';
const EC_P256 = `06072a8648ce3d0201${P256}`;
const ED25519 = '06032b6570';
const RSA = '06092a864886f70d0101';

function kindOf(algorithm: string): KeyKind {
  if (algorithm === EC_P256 || algorithm === ED25519) return KNOWN;
  return algorithm.startsWith(RSA) ? 'RSA' : OTHER;
}

/** The values in a SEQUENCE that spans all bytes. */
function sequence(bytes: Uint8Array): Value[] | undefined {
  const [outer, ...more] = values(bytes) ?? [];
  return outer?.tag === SEQUENCE && more.length === 0 ? values(outer.content) : undefined;
}

function values(bytes: Uint8Array): Value[] | undefined {
  const found: Value[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0x80;
    at += 2;
    if (length >= 0x80) {
      const count = length - 0x80;
      // Without a count the length is indefinite, which DER doesn't have.
      if (count === 0 || count > 4) return undefined;
      length = bytes.subarray(at, at + count).reduce((sum, byte) => sum * 0x100 + byte, 0);
      at += count;
    }
    if (at + length > bytes.length) return undefined;
    found.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
