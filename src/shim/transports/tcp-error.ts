// Why Node couldn't connect, in one sentence and with a stable code.
import { TransportError } from './transport-error.ts';
import type { TransportTarget } from './types.ts';

/** Node's codes, each with the failure's and with what it means. */
const REASONS: Record<string, readonly [code: string, reason: string]> = {
  ECONNREFUSED: ['connect-refused', 'the host refused the connection'],
  ECONNRESET: ['connect-failed', 'the host reset the connection'],
  ETIMEDOUT: ['connect-timeout', 'the host did not answer'],
  EHOSTUNREACH: ['host-unreachable', 'there is no route to the host'],
  ENETUNREACH: ['host-unreachable', 'there is no route to the network'],
  ENOTFOUND: ['host-not-found', 'the name could not be resolved'],
  EAI_AGAIN: ['host-not-found', 'the name could not be resolved for now'],
  CERT_HAS_EXPIRED: ['tls-certificate-expired', "the server's certificate has expired"],
  CERT_NOT_YET_VALID: ['tls-certificate-not-yet-valid', "the server's certificate is not valid yet"],
  CERT_REVOKED: ['tls-certificate-revoked', "the server's certificate was revoked"],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls-certificate-wrong-host', "the server's certificate is for another host"],
  HOSTNAME_MISMATCH: ['tls-certificate-wrong-host', "the server's certificate is for another host"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls-certificate-unknown-issuer', "the server's certificate is self-signed"],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls-certificate-unknown-issuer', "the certificate's authority is not trusted"],
  UNABLE_TO_GET_ISSUER_CERT: ['tls-certificate-unknown-issuer', "the certificate's authority is not known"],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls-certificate-unknown-issuer', "the certificate's authority is not known"],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls-certificate-unknown-issuer', "the certificate's authority is not known"],
  CERT_UNTRUSTED: ['tls-certificate-unknown-issuer', "the certificate's authority is not trusted"],
};

/** What OpenSSL says when the first record isn't one of TLS; the error's code is no more than EPROTO in some versions. */
const NOT_TLS = /wrong[ _]version[ _]number|packet[ _]length[ _]too[ _]long|http[ _]request|InvalidContentType/i;

/** OpenSSL's errors of chains and certificates that have no line above. */
const CERTIFICATE = /^(CERT|CRL|INVALID|UNABLE_TO|PATH|ERROR_IN)_/;

/** The error of a connection that Node couldn't establish; its own error is the `cause`. */
export function connectError(error: Error, { hostname, port, secure }: TransportTarget): TransportError {
  const [code, reason] = reasonOf(error, secure, 'connect-failed');
  return new TransportError(code, `can't connect to ${hostname}:${port}: ${reason}`, { cause: error });
}

/** The error of a connection that broke later. */
export function brokenError(error: Error, secure: boolean): TransportError {
  const [code, reason] = reasonOf(error, secure, 'transport-failed');
  return new TransportError(code, `the connection broke: ${reason}`, { cause: error });
}

function reasonOf(error: Error, secure: boolean, other: string): readonly [code: string, reason: string] {
  const name = codeOf(error);
  const [code, reason] = REASONS[name] ?? [other, ''];
  if (reason !== '') return [code === 'connect-failed' ? other : code, reason];
  if (secure && NOT_TLS.test(`${name} ${error.message}`)) return ['tls-failed', 'the server does not speak TLS there'];
  if (CERTIFICATE.test(name)) return ['tls-certificate-invalid', `the server's certificate is not valid (${name})`];
  if (/^(ERR_SSL|EPROTO|ERR_TLS)/.test(name)) return ['tls-failed', `TLS failed (${name})`];
  // The first line: what OpenSSL and others append is for their own logs.
  return [other, name || error.message.split('\n', 1)[0] || error.name];
}

/** Where several addresses were tried, the first one's. */
function codeOf(error: Error): string {
  const { code, errors } = error as Error & { code?: unknown; errors?: Error[] };
  const name = typeof code === 'string' ? code : '';
  return name === '' && errors?.[0] ? codeOf(errors[0]) : name;
}
