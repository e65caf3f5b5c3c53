// PKCS#12 (RFC 7292), which Node reads and doesn't write: pkijs encodes and encrypts it.
import * as pki from 'pkijs';

const KEY_BAG = '1.2.840.113549.1.12.10.1.2';
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3';
const iterations = 2048;

pki.setEngine('node', new pki.CryptoEngine({ name: 'node', crypto: globalThis.crypto }));

/**
 * A certificate and its key.
 * @param {import('../../../scripts/certificates.js').Certificate} certificate
 * @param {string} passphrase encrypts the key, and authenticates the whole
 */
export async function pfxOf({ key, der }, passphrase) {
  const password = new TextEncoder().encode(passphrase).buffer;
  const pkcs8 = Uint8Array.from(key.export({ type: 'pkcs8', format: 'der' })).buffer;
  const encrypted = new pki.PKCS8ShroudedKeyBag({ parsedValue: pki.PrivateKeyInfo.fromBER(pkcs8) });
  await encrypted.makeInternalValues({
    password,
    contentEncryptionAlgorithm: /** @type {any} */ ({ name: 'AES-CBC', length: 128 }),
    hmacHashAlgorithm: 'SHA-256',
    iterationCount: iterations,
  });
  const certificate = new pki.CertBag({ parsedValue: pki.Certificate.fromBER(Uint8Array.from(der).buffer) });
  const safeBags = [
    new pki.SafeBag({ bagId: KEY_BAG, bagValue: encrypted }),
    new pki.SafeBag({ bagId: CERTIFICATE_BAG, bagValue: certificate }),
  ];
  const contents = [{ privacyMode: 0, value: new pki.SafeContents({ safeBags }) }];
  const authenticatedSafe = new pki.AuthenticatedSafe({ parsedValue: { safeContents: contents } });
  await authenticatedSafe.makeInternalValues({ safeContents: [{}] });
  const pfx = new pki.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } });
  await pfx.makeInternalValues({
    password,
    iterations,
    pbkdf2HashAlgorithm: 'SHA-256',
    hmacHashAlgorithm: 'SHA-256',
  });
  return Buffer.from(pfx.toSchema().toBER());
}
