// Lists of revoked certificates (RFC 5280 5), signed by an authority of scripts/certificates.js with a P-256 key.
import { sign } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';
import { pemOf } from '../../../scripts/certificates.js';

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const DAY = 24 * 60 * 60 * 1000;

/** The bytes in a buffer of their own length. */
const exact = (bytes) => Uint8Array.from(bytes).buffer;

/**
 * Makes a list of an authority, as PEM.
 * @param {import('../../../scripts/certificates.js').Certificate} authority
 * @param {import('../../../scripts/certificates.js').Certificate[]} revoked
 */
export function crlOf(authority, revoked) {
  const time = (days) => new pki.Time({ value: new Date(Date.now() + days * DAY) });
  const algorithm = new pki.AlgorithmIdentifier({ algorithmId: ECDSA_WITH_SHA256 });
  // Its method is protected, as that of certificates is.
  const list = /** @type {any} */ (new pki.CertificateRevocationList());
  list.version = 1;
  list.issuer = pki.Certificate.fromBER(exact(authority.der)).subject;
  list.thisUpdate = time(-1);
  list.nextUpdate = time(30);
  if (revoked.length > 0) {
    list.revokedCertificates = revoked.map(({ der }) => {
      const { serialNumber } = pki.Certificate.fromBER(exact(der));
      return new pki.RevokedCertificate({ userCertificate: serialNumber, revocationDate: time(-1) });
    });
  }
  list.signature = algorithm;
  list.signatureAlgorithm = algorithm;
  list.tbsView = new Uint8Array(list.encodeTBS().toBER());
  list.signatureValue = new asn1.BitString({ valueHex: exact(sign('sha256', list.tbsView, authority.key)) });
  return pemOf('X509 CRL', new Uint8Array(list.toSchema(true).toBER()));
}
