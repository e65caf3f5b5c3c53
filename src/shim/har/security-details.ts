// The parameters of a connection's TLS as HAR has them.
import type { TlsFacts } from '../transports/types.ts';
import type { HarSecurityDetails } from './format.ts';

export function securityDetails({
  protocol,
  cipherSuite,
  group,
  resumed,
  alpnProtocol,
  certificate,
}: TlsFacts): HarSecurityDetails {
  return {
    // As browsers have it: 'TLS 1.3'.
    protocol: protocol.replace('TLSv', 'TLS '),
    ...(cipherSuite !== undefined && { cipher: cipherSuite }),
    ...(group !== undefined && { keyExchangeGroup: group }),
    ...(resumed !== undefined && { resumed }),
    ...(alpnProtocol !== undefined && { alpnProtocol }),
    ...(certificate && {
      subjectName: certificate.subject,
      issuer: certificate.issuer,
      validFrom: certificate.validFrom.getTime() / 1000,
      validTo: certificate.validTo.getTime() / 1000,
      fingerprint256: certificate.fingerprint256,
    }),
  };
}
