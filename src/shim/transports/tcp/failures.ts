// Errors of Node's sockets, as failures: a sentence and a stable code.
import { Failure, messageOf } from '../../failure.ts';

/** By Node's code: the failure's, and its meaning. */
const REASONS: Record<string, readonly [code: string, reason: string]> = {
  ECONNREFUSED: ['connect-refused', 'the host refused the connection'],
  ECONNRESET: ['connect-failed', 'the host reset the connection'],
  ETIMEDOUT: ['connect-timeout', 'the host did not answer'],
  EHOSTUNREACH: ['host-unreachable', 'there is no route to the host'],
  ENETUNREACH: ['host-unreachable', 'there is no route to the network'],
  ENOENT: ['connect-failed', 'there is no socket of that path'],
  EACCES: ['connect-failed', 'the system does not permit it'],
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

/** OpenSSL's errors for a first record that isn't TLS; some versions of Node report no code but EPROTO. */
const NOT_TLS = /wrong[ _]version[ _]number|packet[ _]length[ _]too[ _]long|http[ _]request|InvalidContentType/i;

/** OpenSSL's other errors of certificates and chains. */
const CERTIFICATE = /^(CERT|CRL|INVALID|UNABLE_TO|PATH|ERROR_IN)_/;

/**
 * The failure of a connection that Node couldn't establish; Node's error is the `cause`.
 *
 * @param place the host and port, or the path of a unix socket
 */
export function connectError(error: Error, place: string, secure: boolean): Failure {
  const [code, reason] = reasonOf(error, secure, 'connect-failed');
  return new Failure(code, `can't connect to ${place}: ${reason}`, { cause: error });
}

/** The reason alone. */
export function reasonFor(error: Error, secure: boolean): string {
  return reasonOf(error, secure, 'connect-failed')[1];
}

/** The failure of a connection that broke later. */
export function brokenError(error: Error, secure: boolean): Failure {
  const [code, reason] = reasonOf(error, secure, 'transport-failed');
  return new Failure(code, `the connection broke: ${reason}`, { cause: error });
}

function reasonOf(error: Error, secure: boolean, other: string): readonly [code: string, reason: string] {
  const name = codeOf(error);
  const [code, reason] = REASONS[name] ?? [other, ''];
  if (reason !== '') return [code === 'connect-failed' ? other : code, reason];
  if (secure && NOT_TLS.test(`${name} ${messageOf(error)}`))
    return ['tls-failed', 'the server does not speak TLS there'];
  if (CERTIFICATE.test(name)) return ['tls-certificate-invalid', `the server's certificate is not valid (${name})`];
  if (/^(ERR_SSL|EPROTO|ERR_TLS)/.test(name)) return ['tls-failed', `TLS failed (${name})`];
  // The first line: OpenSSL and others append details for their own logs.
  return [other, name || (messageOf(error).split('\n', 1)[0] ?? '')];
}

/** The error's code, or the first one's if several addresses were tried. */
function codeOf(error: Error): string {
  // A program's `lookup` may call back with anything.
  const { code, errors } = Object(error) as Error & { code?: unknown; errors?: Error[] };
  const name = typeof code === 'string' ? code : '';
  return name === '' && errors?.[0] ? codeOf(errors[0]) : name;
}
