// Certificates made at run time, for the TLS servers of the page and of the tests: pkijs encodes, Node's OpenSSL signs.
// It imports npm packages: what runs before the set-up imports it by `import()`.
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';

const DAY = 24 * 60 * 60 * 1000;

/** Parameters of Node's key generation. */
const KEY_TYPES = {
  'P-256': ['ec', { namedCurve: 'P-256' }],
  'P-384': ['ec', { namedCurve: 'P-384' }],
  'P-521': ['ec', { namedCurve: 'P-521' }],
  'RSA-1024': ['rsa', { modulusLength: 1024 }],
  'RSA-2048': ['rsa', { modulusLength: 2048 }],
  'RSA-3072': ['rsa', { modulusLength: 3072 }],
  'RSA-4096': ['rsa', { modulusLength: 4096 }],
  Ed25519: ['ed25519', {}],
};

/** Object identifiers of hashes and of the signature algorithms with each (RFC 3279, 4055, 5758). */
const HASHES = {
  'SHA-1': { hash: '1.3.14.3.2.26', rsa: '1.2.840.113549.1.1.5', ec: '1.2.840.10045.4.1', length: 20 },
  'SHA-256': { hash: '2.16.840.1.101.3.4.2.1', rsa: '1.2.840.113549.1.1.11', ec: '1.2.840.10045.4.3.2', length: 32 },
  'SHA-384': { hash: '2.16.840.1.101.3.4.2.2', rsa: '1.2.840.113549.1.1.12', ec: '1.2.840.10045.4.3.3', length: 48 },
  'SHA-512': { hash: '2.16.840.1.101.3.4.2.3', rsa: '1.2.840.113549.1.1.13', ec: '1.2.840.10045.4.3.4', length: 64 },
};
const ED25519 = '1.3.101.112';
const RSASSA_PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';

/** Purposes of the extended key usage (RFC 5280 4.2.1.12). */
const USAGES = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  any: '2.5.29.37.0',
};

/**
 * @typedef {object} CertificateOptions
 * @property {string} [name] the subject's common name; by default the first of `names`
 * @property {(string | { dns: string })[]} [names] DNS names and IP addresses of the subject alternative name, which is
 *   left out if empty. `{ dns }` is a DNS name, whatever it looks like
 * @property {keyof typeof KEY_TYPES} [keyType] `P-256` by default
 * @property {import('node:crypto').KeyObject} [key] the private key; made by default
 * @property {Date} [notBefore] yesterday by default
 * @property {Date} [notAfter] in 90 days by default
 * @property {(keyof typeof USAGES)[]} [usages] extended key usage; left out if empty. By default `serverAuth`, and none
 *   for an authority
 * @property {number | null} [keyUsage] the eight bits of the key usage, null: none. By default keyCertSign and cRLSign of
 *   an authority, otherwise digitalSignature, and keyEncipherment of RSA keys
 * @property {boolean} [isCa] an authority
 * @property {boolean} [basicConstraints] false leaves the extension out
 * @property {number} [pathLength] of an authority
 * @property {{ permitted?: string[], excluded?: string[] }} [nameConstraints] DNS names, and IP ranges as `10.0.0.0/8`
 * @property {{ oid: string, critical?: boolean, value: Uint8Array }[]} [extensions] more of them, DER
 * @property {keyof typeof HASHES} [hash] of the issuer's signature; by default the one of its key's strength
 * @property {boolean} [pss] signs by RSASSA-PSS with an RSA key
 */

/**
 * @typedef {object} Certificate
 * @property {string} certPem
 * @property {string} keyPem PKCS#8
 * @property {import('node:crypto').KeyObject} key
 * @property {Uint8Array} der
 * @property {string} spkiSha256 base64, as a pin
 * @property {(options: CertificateOptions) => Certificate} issue a certificate signed by this one's key. A certificate
 *   that is no authority issues, too: clients must refuse what it issued
 */

/**
 * Makes an authority with a self-signed certificate.
 * @param {CertificateOptions} [options]
 */
export function createAuthority(options) {
  return selfSigned({ name: 'Test authority', isCa: true, ...options });
}

/**
 * Makes a self-signed certificate.
 * @param {CertificateOptions} options
 */
export const selfSigned = (options) => make(options);

/**
 * @param {CertificateOptions} options
 * @param {{ subject: pki.RelativeDistinguishedNames, key: import('node:crypto').KeyObject }} [issuer] none: self-signed
 * @returns {Certificate}
 */
function make(options, issuer) {
  const { names = [], notBefore = new Date(Date.now() - DAY), notAfter = new Date(Date.now() + 90 * DAY) } = options;
  const key = options.key ?? keyOf(options.keyType ?? 'P-256');
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const subject = nameOf(options.name ?? String(names[0] ?? 'nameless'));
  const signer = issuer ?? { subject, key };

  const certificate = new pki.Certificate();
  certificate.version = 2;
  // Positive, and without a leading zero byte.
  const serial = randomBytes(16);
  serial[0] = (serial[0] & 0x3f) | 0x40;
  certificate.serialNumber = new asn1.Integer({ valueHex: exact(serial) });
  certificate.issuer = signer.subject;
  certificate.subject = subject;
  certificate.notBefore = timeOf(notBefore);
  certificate.notAfter = timeOf(notAfter);
  certificate.subjectPublicKeyInfo = new pki.PublicKeyInfo({ schema: asn1.fromBER(exact(spki)).result });
  certificate.extensions = extensionsOf(options, key, signer.key);

  const { algorithm, hash, padding } = schemeOf(signer.key, options);
  certificate.signature = algorithm;
  certificate.signatureAlgorithm = algorithm;
  const tbs = new Uint8Array(certificate.encodeTBS().toBER());
  const signature = sign(hash, tbs, { key: signer.key, ...padding });
  certificate.signatureValue = new asn1.BitString({ valueHex: exact(signature) });

  const der = new Uint8Array(certificate.toSchema(true).toBER());
  return {
    certPem: pemOf('CERTIFICATE', der),
    keyPem: String(key.export({ type: 'pkcs8', format: 'pem' })),
    key,
    der,
    spkiSha256: createHash('sha256').update(spki).digest('base64'),
    issue: (more) => make(more, { subject, key }),
  };
}

/** A PEM block (RFC 7468). */
export function pemOf(label, der) {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** @returns {import('node:crypto').KeyObject} */
function keyOf(type) {
  const [name, options] = KEY_TYPES[type];
  return /** @type {any} */ (generateKeyPairSync(/** @type {any} */ (name), options).privateKey);
}

/** The signature algorithm of the issuer's key: the identifier, and arguments of Node's `sign()`. */
function schemeOf(key, { hash = usualHash(key), pss = false }) {
  const ids = HASHES[hash];
  const none = new asn1.Null();
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return { algorithm: identifier(ED25519), hash: null, padding: {} };
    case 'ec':
      return { algorithm: identifier(ids.ec), hash: nodeHash(hash), padding: {} };
    default:
      if (!pss) return { algorithm: identifier(ids.rsa, none), hash: nodeHash(hash), padding: {} };
      return {
        algorithm: identifier(RSASSA_PSS, pssParams(ids)),
        hash: nodeHash(hash),
        // RSA_PKCS1_PSS_PADDING
        padding: { padding: 6, saltLength: ids.length },
      };
  }
}

function pssParams({ hash, length }) {
  const hashAlgorithm = identifier(hash, new asn1.Null());
  const maskGenAlgorithm = identifier(MGF1, hashAlgorithm.toSchema());
  return new pki.RSASSAPSSParams({ hashAlgorithm, maskGenAlgorithm, saltLength: length }).toSchema();
}

const usualHash = (key) => (key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'SHA-384' : 'SHA-256');
const nodeHash = (hash) => hash.replace('-', '').toLowerCase();

function identifier(algorithmId, algorithmParams) {
  return new pki.AlgorithmIdentifier(algorithmParams ? { algorithmId, algorithmParams } : { algorithmId });
}

function extensionsOf(options, key, issuerKey) {
  const { names = [], isCa = false, basicConstraints = true, pathLength, nameConstraints, extensions = [] } = options;
  const usages = options.usages ?? (isCa ? [] : ['serverAuth']);
  const all = [
    extension('2.5.29.14', false, new asn1.OctetString({ valueHex: keyIdentifier(key) })),
    extension('2.5.29.35', false, authorityKeyIdentifier(issuerKey)),
  ];
  const keyUsage = options.keyUsage === undefined ? usualKeyUsage(key, isCa) : options.keyUsage;
  if (keyUsage !== null) {
    all.push(extension('2.5.29.15', true, new asn1.BitString({ valueHex: exact(Uint8Array.of(keyUsage)) })));
  }
  if (basicConstraints) {
    const length = pathLength === undefined ? {} : { pathLenConstraint: pathLength };
    all.push(extension('2.5.29.19', true, new pki.BasicConstraints({ cA: isCa, ...length }).toSchema()));
  }
  if (usages.length > 0) {
    const keyPurposes = usages.map((usage) => USAGES[usage]);
    all.push(extension('2.5.29.37', false, new pki.ExtKeyUsage({ keyPurposes }).toSchema()));
  }
  if (names.length > 0) {
    all.push(extension('2.5.29.17', false, new pki.GeneralNames({ names: names.map(generalName) }).toSchema()));
  }
  if (nameConstraints) all.push(extension('2.5.29.30', true, constraintsOf(nameConstraints)));
  const more = extensions.map(({ oid, critical = false, value }) => {
    return new pki.Extension({ extnID: oid, critical, extnValue: exact(value) });
  });
  return [...all, ...more];
}

function extension(extnID, critical, value) {
  return new pki.Extension({ extnID, critical, extnValue: value.toBER() });
}

function authorityKeyIdentifier(key) {
  const identifier = new asn1.OctetString({ valueHex: keyIdentifier(key) });
  return new pki.AuthorityKeyIdentifier({ keyIdentifier: identifier }).toSchema();
}

/** RFC 7093 2, method 1: it need only be unique. */
function keyIdentifier(key) {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return exact(createHash('sha256').update(spki).digest().subarray(0, 20));
}

/** RFC 5280 4.2.1.3. */
function usualKeyUsage(key, isCa) {
  if (isCa) return 0x06;
  return key.asymmetricKeyType === 'rsa' ? 0xa0 : 0x80;
}

function constraintsOf({ permitted = [], excluded = [] }) {
  const subtrees = (names) => names.map((name) => new pki.GeneralSubtree({ base: generalName(name) }));
  return new pki.NameConstraints({
    ...(permitted.length > 0 && { permittedSubtrees: subtrees(permitted) }),
    ...(excluded.length > 0 && { excludedSubtrees: subtrees(excluded) }),
  }).toSchema();
}

/** A DNS name, an IP address, or an IP range as `10.0.0.0/8`. */
function generalName(name) {
  if (typeof name === 'object') return new pki.GeneralName({ type: 2, value: name.dns });
  const [address, prefix] = name.split('/');
  if (!isIP(address)) return new pki.GeneralName({ type: 2, value: name });
  const bytes = addressBytes(address);
  const mask = prefix === undefined ? [] : bytes.map((_, at) => maskByte(Number(prefix) - 8 * at));
  const value = new asn1.OctetString({ valueHex: exact(Uint8Array.from([...bytes, ...mask])) });
  return new pki.GeneralName({ type: 7, value });
}

const maskByte = (bits) => 0xff & ~(0xff >> Math.min(8, Math.max(0, bits)));

function addressBytes(address) {
  if (isIPv4(address)) return address.split('.').map(Number);
  const [before, after] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array(8 - before.length - (after?.length ?? 0)).fill('0');
  const groups = after ? [...before, ...zeros, ...after] : before;
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]);
}

function nameOf(commonName) {
  const value = new asn1.Utf8String({ value: commonName });
  return new pki.RelativeDistinguishedNames({
    typesAndValues: [new pki.AttributeTypeAndValue({ type: '2.5.4.3', value })],
  });
}

/** UTCTime until 2049, then GeneralizedTime (RFC 5280 4.1.2.5). */
function timeOf(date) {
  return new pki.Time({ type: date.getUTCFullYear() < 2050 ? 0 : 1, value: date });
}

/** The bytes alone in a buffer, as asn1js takes them. */
function exact(bytes) {
  return Uint8Array.from(bytes).buffer;
}
