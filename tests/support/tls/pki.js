// The authorities of the tests' TLS servers, and certificates that several tests use. Made when they are first used.
import { createAuthority } from '../../../scripts/certificates.js';

/** @template T @param {() => T} make @returns {() => T} which calls it once */
function once(make) {
  /** @type {T | undefined} */
  let made;
  return () => {
    made ??= make();
    return made;
  };
}

/** The authority that clients are given, unless a test says otherwise. */
export const root = once(() => createAuthority({ name: 'Root of the tests' }));

/** An authority that no client is given. */
export const stranger = once(() => createAuthority({ name: 'Authority of others' }));

/** Issued by the root; its certificate must be sent with those that it issued. */
export const intermediate = once(() => root().issue({ name: 'Intermediate of the tests', isCa: true }));

/** For `localhost` and the addresses of loopback, by the root. */
export const localhost = once(() => root().issue({ names: ['localhost', '127.0.0.1', '::1'] }));

/** The same, by the intermediate. */
export const byIntermediate = once(() => intermediate().issue({ names: ['localhost', '127.0.0.1', '::1'] }));

/** The same with an RSA key, for cipher suites that need one. */
export const rsa = once(() => root().issue({ names: ['localhost', '127.0.0.1', '::1'], keyType: 'RSA-2048' }));

const YEAR = 365 * 24 * 60 * 60 * 1000;

/** Validity periods by what they are today. */
export const VALIDITY = {
  past: { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2021-01-01T00:00:00Z') },
  future: { notBefore: new Date(Date.now() + YEAR), notAfter: new Date(Date.now() + 2 * YEAR) },
};
