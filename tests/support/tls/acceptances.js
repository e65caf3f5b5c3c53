// TLS servers that must be accepted, with the facts of the connection; for Node and for pages.
import { selfSigned } from '../../../scripts/certificates.js';
import { byIntermediate, intermediate, localhost, root, rsa, stranger } from './pki.js';
import { names, trust } from './refusals/refusal.js';
import { startTls } from './server.js';

/**
 * @typedef {object} Acceptance
 * @property {string} title
 * @property {() => ReturnType<typeof startTls>} start
 * @property {string} host of the URL; every host is reached on loopback
 * @property {() => object} tls the option of the class
 * @property {Record<string, unknown>} facts some of `connectionOf(socket).tls`
 */

/**
 * A server that is accepted.
 * @param {string} title
 * @param {() => Parameters<typeof startTls>[0]} serve the server's options
 * @param {{ host?: string, tls?: () => object, facts?: Record<string, unknown> }} [more]
 * @returns {Acceptance}
 */
function accepted(title, serve, more = {}) {
  return { host: 'localhost', tls: () => trust(root()), facts: {}, ...more, title, start: () => startTls(serve()) };
}

const TLS12 = /** @type {const} */ ({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
const TLS13 = /** @type {const} */ ({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });
const VERSIONS = /** @type {const} */ ([
  ['TLS 1.3', TLS13, 'TLSv1.3'],
  ['TLS 1.2', TLS12, 'TLSv1.2'],
]);

/** The cipher suites by the registry's names, with OpenSSL's. */
const SUITES13 = ['TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];
const SUITES12 = {
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
};

/** @type {Acceptance[]} */
const SUITES = [
  ...SUITES13.map((suite) =>
    accepted(suite, () => ({ certificate: localhost(), ...TLS13, ciphers: suite }), {
      facts: { protocol: 'TLSv1.3', cipherSuite: suite },
    }),
  ),
  ...Object.entries(SUITES12).map(([suite, ciphers]) =>
    accepted(suite, () => ({ certificate: suite.includes('RSA_') ? rsa() : localhost(), ...TLS12, ciphers }), {
      facts: { protocol: 'TLSv1.2', cipherSuite: suite },
    }),
  ),
  accepted(
    'ChaCha20-Poly1305 where the server has no preference',
    () => ({
      certificate: localhost(),
      honorCipherOrder: false,
    }),
    { facts: { cipherSuite: 'TLS_CHACHA20_POLY1305_SHA256' } },
  ),
];

/** Whether the servers have it: from OpenSSL 3.5 on. */
const hasMlKem = Number.parseFloat(process.versions.openssl) >= 3.5;

/** @type {Acceptance[]} */
const GROUPS = VERSIONS.flatMap(([version, only, protocol]) => [
  accepted(`X25519 in ${version}`, () => ({ certificate: localhost(), ...only, ecdhCurve: 'X25519' }), {
    facts: { protocol, group: 'X25519' },
  }),
  accepted(`P-256 in ${version}`, () => ({ certificate: localhost(), ...only, ecdhCurve: 'P-256' }), {
    facts: { protocol, group: 'secp256r1' },
  }),
  accepted(`P-384 in ${version}`, () => ({ certificate: localhost(), ...only, ecdhCurve: 'P-384' }), {
    facts: { protocol, group: 'secp384r1' },
  }),
]);
if (hasMlKem) {
  const serve = () => ({ certificate: localhost(), ...TLS13, ecdhCurve: 'X25519MLKEM768' });
  GROUPS.push(accepted('X25519MLKEM768', serve, { facts: { protocol: 'TLSv1.3', group: 'X25519MLKEM768' } }));
}

const KEY_TYPES = /** @type {const} */ (['P-256', 'P-384', 'RSA-2048', 'RSA-4096', 'Ed25519']);

/** @type {Acceptance[]} */
const KEYS = VERSIONS.flatMap(([version, only, protocol]) => [
  ...KEY_TYPES.map((keyType) =>
    accepted(
      `a server's ${keyType} key in ${version}`,
      () => ({ certificate: root().issue({ names, keyType }), ...only }),
      { facts: { protocol } },
    ),
  ),
  ...['rsa_pss_rsae_sha256', 'rsa_pss_rsae_sha384', 'rsa_pss_rsae_sha512'].map((sigalgs) =>
    accepted(`${sigalgs} in ${version}`, () => ({ certificate: rsa(), ...only, sigalgs }), { facts: { protocol } }),
  ),
]);
for (const hash of ['SHA256', 'SHA384', 'SHA512']) {
  KEYS.push(
    accepted(`RSA PKCS #1 with ${hash} in TLS 1.2`, () => ({ certificate: rsa(), ...TLS12, sigalgs: `RSA+${hash}` })),
  );
}

/** A leaf issued by an authority below the root. */
function issuedBy(authority, leaf = {}) {
  const issuer = root().issue({ name: 'Issuer', isCa: true, ...authority });
  return { certificate: issuer.issue({ names, ...leaf }), chain: [issuer] };
}

/** @type {Acceptance[]} */
const SIGNATURES = [
  ...KEY_TYPES.map((keyType) => accepted(`an issuer's ${keyType} key`, () => issuedBy({ keyType }))),
  accepted('P-256 with SHA-384', () => issuedBy({}, { hash: 'SHA-384' })),
  accepted('P-384 with SHA-256', () => issuedBy({ keyType: 'P-384' }, { hash: 'SHA-256' })),
  accepted('RSA PKCS #1 with SHA-384', () => issuedBy({ keyType: 'RSA-2048' }, { hash: 'SHA-384' })),
  accepted('RSA PKCS #1 with SHA-512', () => issuedBy({ keyType: 'RSA-2048' }, { hash: 'SHA-512' })),
  accepted('RSA PSS with SHA-256', () => issuedBy({ keyType: 'RSA-2048' }, { pss: true })),
];

/** A certificate of the root for these names. */
function certified(title, host, certifiedNames, more) {
  return accepted(title, () => ({ certificate: root().issue({ names: certifiedNames, ...more }) }), { host });
}

/** @type {Acceptance[]} */
const HOSTS = [
  certified('a name', 'localhost', ['localhost']),
  certified('one of many names', 'server.test', [...Array.from({ length: 50 }, (_, n) => `n${n}.test`), 'server.test']),
  certified('a wildcard for one label', 'www.server.test', ['*.server.test']),
  certified('a name in capital letters', 'server.test', ['Server.TEST']),
  certified('a URL in capital letters', 'SERVER.test', ['server.test']),
  certified('an internationalised name', 'bücher.test', ['xn--bcher-kva.test']),
  certified('a name with a final dot', 'server.test.', ['server.test']),
  certified('a common name that is another', 'localhost', ['localhost'], { name: 'other.test' }),
  certified('an IPv4 address', '127.0.0.1', ['127.0.0.1']),
  certified('an IPv6 address', '[::1]', ['::1']),
  certified('no key usage', 'localhost', ['localhost'], { keyUsage: null }),
  accepted('an issuer without key usage', () => issuedBy({ keyUsage: null })),
  certified('no extended key usage', 'localhost', ['localhost'], { usages: [] }),
  certified('several extended key usages', 'localhost', ['localhost'], { usages: ['clientAuth', 'serverAuth'] }),
  certified('a date after 2050', 'localhost', ['localhost'], { notAfter: new Date('2060-01-01T00:00:00Z') }),
  accepted('permitted names and addresses', () => {
    const permitted = ['localhost', '127.0.0.0/8', '::1/128'];
    return issuedBy({ nameConstraints: { permitted, excluded: ['other.test'] } });
  }),
  accepted('a `servername` that the certificate is for', () => ({ certificate: root().issue({ names: ['a.test'] }) }), {
    tls: () => ({ ...trust(root()), servername: 'a.test' }),
  }),
];

const complete = () => ({ certificate: byIntermediate(), chain: [intermediate()] });

/** @type {Acceptance[]} */
const PATHS = [
  accepted('an intermediate', complete),
  accepted('three intermediates in the wrong order', () => {
    const first = root().issue({ name: 'First', isCa: true, pathLength: 2 });
    const second = first.issue({ name: 'Second', isCa: true, pathLength: 1 });
    const third = second.issue({ name: 'Third', isCa: true, pathLength: 0 });
    return { certificate: third.issue({ names }), chain: [first, third, second] };
  }),
  accepted('a certificate too many', () => ({ ...complete(), chain: [stranger(), intermediate(), root()] })),
  accepted('an intermediate that is trusted', () => ({ certificate: byIntermediate() }), {
    tls: () => trust(intermediate()),
  }),
  accepted('two authorities, one of which issued it', complete, { tls: () => trust(stranger(), root()) }),
  (() => {
    const certificate = selfSigned({ names });
    return accepted('a self-signed certificate that is trusted', () => ({ certificate }), {
      tls: () => trust(certificate),
    });
  })(),
];

/** A server whose path has a pinned key. */
const pinned = (title, pins) => accepted(title, complete, { tls: () => ({ ...trust(root()), pins: pins() }) });

/** @type {Acceptance[]} */
const PINS = [
  pinned("a pin of the server's key", () => [byIntermediate().spkiSha256]),
  pinned("a pin of the intermediate's key", () => [intermediate().spkiSha256]),
  pinned("a pin of the root's key", () => [root().spkiSha256]),
  pinned('a pin with a prefix', () => [`sha256/${byIntermediate().spkiSha256}`]),
  pinned('one of several pins', () => [stranger().spkiSha256, localhost().spkiSha256, intermediate().spkiSha256]),
];

/** @type {Acceptance[]} */
const ALPN = [
  accepted('ALPN', () => ({ certificate: localhost() }), { facts: { alpnProtocol: 'http/1.1' } }),
  accepted('ALPN with HTTP/2 preferred', () => ({ certificate: localhost(), ALPNProtocols: ['h2', 'http/1.1'] }), {
    facts: { alpnProtocol: 'http/1.1' },
  }),
  accepted('no ALPN', () => ({ certificate: localhost(), ALPNProtocols: undefined }), {
    facts: { alpnProtocol: undefined },
  }),
];

export const ACCEPTANCES = [...SUITES, ...GROUPS, ...KEYS, ...SIGNATURES, ...HOSTS, ...PATHS, ...PINS, ...ALPN];
