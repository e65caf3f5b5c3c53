// IANA's names of suites and groups that our client offers, and those of each implementation.

/** Of TLS 1.3, in our client's order. */
export const TLS13 = ['TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];

const TLS12 = (key) =>
  ['CHACHA20_POLY1305_SHA256', 'AES_128_GCM_SHA256', 'AES_256_GCM_SHA384'].map(
    (rest) => `TLS_ECDHE_${key}_WITH_${rest}`,
  );
/** Of TLS 1.2, for a certificate with a key of each kind. */
export const ECDSA = TLS12('ECDSA');
export const RSA = TLS12('RSA');
export const SUITES = [...TLS13, ...ECDSA, ...RSA];

export const GROUPS = ['X25519MLKEM768', 'X25519', 'secp256r1', 'secp384r1'];

/** The types of keys in scripts/certificates.js that a server's certificate may have. */
export const KEY_TYPES = ['P-256', 'P-384', 'RSA-2048', 'RSA-4096', 'Ed25519'];

/** The version of TLS that has a suite. */
export const protocolOf = (suite) => (TLS13.includes(suite) ? 'TLSv1.3' : 'TLSv1.2');

/** OpenSSL's name of a suite. */
export function opensslSuite(suite) {
  if (TLS13.includes(suite)) return suite;
  const [, key, cipher] = /^TLS_ECDHE_(\w+)_WITH_(\w+)$/.exec(suite) ?? [];
  const names = {
    CHACHA20_POLY1305_SHA256: 'CHACHA20-POLY1305',
    AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
    AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  };
  return `ECDHE-${key}-${names[cipher]}`;
}

/** OpenSSL's name of a group. */
export const opensslGroup = (group) => ({ secp256r1: 'P-256', secp384r1: 'P-384' })[group] ?? group;
