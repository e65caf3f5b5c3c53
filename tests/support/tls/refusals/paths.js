// Certification paths that aren't valid (RFC 5280 6.1): dates, issuers, purposes, algorithms.
import { createAuthority, pemOf, selfSigned } from '../../../../scripts/certificates.js';
import { byIntermediate, localhost, root, stranger, VALIDITY } from '../pki.js';
import { below, names, refused } from './refusal.js';

/** An authority below the root. */
const authority = (options) => root().issue({ name: 'Authority below the root', isCa: true, ...options });

const EXPIRED = 'tls-certificate-expired';
const EARLY = 'tls-certificate-not-yet-valid';

/** @type {import('./refusal.js').Refusal[]} */
export const DATES = [
  refused('an expired certificate', EXPIRED, () => ({ certificate: root().issue({ names, ...VALIDITY.past }) }), {
    node: 'certificate has expired',
  }),
  refused(
    'a certificate before its date',
    EARLY,
    () => ({ certificate: root().issue({ names, ...VALIDITY.future }) }),
    {
      node: 'certificate is not yet valid',
    },
  ),
  refused('an expired intermediate', EXPIRED, () => below(authority(VALIDITY.past)), {
    node: 'certificate has expired',
  }),
  refused('an intermediate before its date', EARLY, () => below(authority(VALIDITY.future)), {
    node: 'certificate is not yet valid',
  }),
];

const UNKNOWN = 'tls-certificate-unknown-issuer';
const INVALID = 'tls-certificate-invalid';
const BAD_SIGNATURE = 'tls-certificate-bad-signature';
const WRONG_PURPOSE = 'tls-certificate-wrong-purpose';

/** @type {import('./refusal.js').Refusal[]} */
export const PATHS = [
  refused('an unknown authority', UNKNOWN, () => below(stranger()), {
    node: 'self-signed certificate in certificate chain',
  }),
  refused('a private authority without the option `ca`', UNKNOWN, () => ({ certificate: localhost() }), {
    tls: () => ({}),
    node: 'unable to verify the first certificate',
  }),
  refused('a self-signed certificate', UNKNOWN, () => ({ certificate: selfSigned({ names }) }), {
    node: 'self-signed certificate',
  }),
  refused('a missing intermediate', UNKNOWN, () => ({ certificate: byIntermediate() }), {
    node: 'unable to verify the first certificate',
  }),
  refused(
    'another authority of the same name',
    BAD_SIGNATURE,
    () => ({ certificate: createAuthority({ name: 'Root of the tests' }).issue({ names }) }),
    { node: 'unable to verify the first certificate' },
  ),
  refused('a certificate that was changed', BAD_SIGNATURE, () => ({ certificate: changed() }), {
    node: 'certificate signature failure',
  }),
  refused('an issuer that is no authority', INVALID, () => below(localhost()), {
    node: 'key usage does not include certificate signing',
  }),
  refused('an issuer without basic constraints', INVALID, () => below(authority({ basicConstraints: false })), {
    node: 'invalid CA certificate',
  }),
  refused(
    'a path longer than an authority allows',
    INVALID,
    () => {
      const short = authority({ pathLength: 0 });
      return below(short.issue({ name: 'One too many', isCa: true }), short);
    },
    { node: 'path length constraint exceeded' },
  ),
  refused("an authority's own certificate", INVALID, () => ({ certificate: root().issue({ names, isCa: true }) }), {
    node: 'unsuitable certificate purpose',
  }),
  refused(
    'an unknown critical extension',
    INVALID,
    () => {
      const extensions = [{ oid: '1.3.6.1.4.1.55555.1', critical: true, value: Uint8Array.of(5, 0) }];
      return { certificate: root().issue({ names, extensions }) };
    },
    { node: 'unhandled critical extension' },
  ),
  refused(
    'a certificate for clients only',
    WRONG_PURPOSE,
    () => ({ certificate: root().issue({ names, usages: ['clientAuth'] }) }),
    { node: 'unsuitable certificate purpose' },
  ),
  refused('an intermediate for clients only', WRONG_PURPOSE, () => below(authority({ usages: ['clientAuth'] })), {
    node: 'unsuitable certificate purpose',
  }),
  refused('an issuer whose key may not sign certificates', WRONG_PURPOSE, () => below(authority({ keyUsage: 0x80 })), {
    node: 'key usage does not include certificate signing',
  }),
  refused(
    'a key that may not sign handshakes',
    WRONG_PURPOSE,
    // Key agreement, of static Diffie-Hellman.
    () => ({ certificate: root().issue({ names, keyUsage: 0x08 }) }),
    { node: null },
  ),
  refused(
    'an RSA key for encryption only',
    WRONG_PURPOSE,
    () => ({ certificate: root().issue({ names, keyType: 'RSA-2048', keyUsage: 0x20 }) }),
    { node: null },
  ),
];

/** A certificate one of whose names was changed in place. */
function changed() {
  const certificate = root().issue({ names: ['localhost', 'unchanged.test'] });
  const der = Buffer.from(certificate.der);
  der.write('changed.it', der.indexOf('unchanged.'));
  return { ...certificate, der, certPem: pemOf('CERTIFICATE', der) };
}

/** A certificate that is signed with SHA-1. */
const sha1 = (issuer) => issuer.issue({ names, hash: 'SHA-1' });

/** @type {import('./refusal.js').Refusal[]} */
export const WEAK = [
  refused('an ECDSA signature with SHA-1', 'tls-certificate-weak', () => ({ certificate: sha1(root()) })),
  refused('an RSA signature with SHA-1', 'tls-certificate-weak', () => {
    const issuer = authority({ keyType: 'RSA-2048' });
    return { certificate: sha1(issuer), chain: [issuer] };
  }),
  refused('an intermediate signed with SHA-1', 'tls-certificate-weak', () => below(authority({ hash: 'SHA-1' }))),
  refused('an RSA key of 1024 bits', 'tls-certificate-weak', () => ({
    certificate: root().issue({ names, keyType: 'RSA-1024' }),
  })),
  refused('an issuer with an RSA key of 1024 bits', 'tls-certificate-weak', () =>
    below(authority({ keyType: 'RSA-1024' })),
  ),
];
