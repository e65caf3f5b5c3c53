// Why TLS failed: the module's codes (tls/src/failure.rs) as stable names and sentences.
import { Failure } from '../../failure.ts';

/** The code of a received alert is this and its number. */
const ALERT = 0x100;

/** How much of a text from the server a message contains. */
const MAX_SHOWN = 300;

/** By the module's code: the failure's, and the sentence for a host and a detail, which may be empty. */
const FAILURES: Record<number, readonly [code: string, sentence: (host: string, detail: string) => string]> = {
  1: [
    'tls-certificate-expired',
    (host, at) => `the certificate of ${host} ${at === '' ? 'has expired' : `expired on ${date(at)}`}`,
  ],
  2: [
    'tls-certificate-not-yet-valid',
    (host, at) => `the certificate of ${host} isn't valid ${at === '' ? 'yet' : `before ${date(at)}`}`,
  ],
  3: ['tls-certificate-unknown-issuer', (host) => `the certificate of ${host} isn't from an authority that is trusted`],
  4: [
    'tls-certificate-wrong-host',
    (host, names) => `the certificate isn't for ${host}${names === '' ? '' : ` but for ${names}`}`,
  ],
  5: ['tls-certificate-wrong-purpose', (host) => `the certificate of ${host} isn't for TLS servers`],
  6: ['tls-certificate-bad-signature', (host) => `the certificate of ${host}, or its proof, has a wrong signature`],
  7: ['tls-certificate-pin', (host) => `no certificate on the verified path of ${host} has a key that is pinned`],
  8: ['tls-certificate-invalid', (host, why) => `the certificate of ${host} isn't valid${colon(why)}`],
  9: [
    'tls-certificate-weak',
    (host, what) => `the certificate of ${host} has a key or a signature that isn't accepted${colon(what)}`,
  ],
  10: [
    'tls-certificate-name-constraint',
    (host) => `the certificate of ${host} has a name that its authority may not certify`,
  ],
  20: ['tls-handshake', (host, why) => `the TLS handshake with ${host} failed${colon(why)}`],
  21: ['tls-bad-record', (host, why) => `the connection to ${host} was damaged on its way${colon(why)}`],
  23: ['tls-unavailable', (_, why) => `TLS isn't available${colon(why)}`],
  40: ['tls-invalid-options', (_, which) => `the TLS options aren't valid${colon(which)}`],
};

/** The names of alerts, by their numbers (IANA's registry "TLS Alerts"). */
const ALERTS: Record<number, string> = {
  0: 'close-notify',
  10: 'unexpected-message',
  20: 'bad-record-mac',
  21: 'decryption-failed',
  22: 'record-overflow',
  30: 'decompression-failure',
  40: 'handshake-failure',
  41: 'no-certificate',
  42: 'bad-certificate',
  43: 'unsupported-certificate',
  44: 'certificate-revoked',
  45: 'certificate-expired',
  46: 'certificate-unknown',
  47: 'illegal-parameter',
  48: 'unknown-ca',
  49: 'access-denied',
  50: 'decode-error',
  51: 'decrypt-error',
  60: 'export-restriction',
  70: 'protocol-version',
  71: 'insufficient-security',
  80: 'internal-error',
  86: 'inappropriate-fallback',
  90: 'user-canceled',
  100: 'no-renegotiation',
  109: 'missing-extension',
  110: 'unsupported-extension',
  111: 'certificate-unobtainable',
  112: 'unrecognized-name',
  113: 'bad-certificate-status-response',
  114: 'bad-certificate-hash-value',
  115: 'unknown-psk-identity',
  116: 'certificate-required',
  120: 'no-application-protocol',
  121: 'ech-required',
};

/** The failure for the module's code. */
export function tlsFailure(code: number, detail: string, host: string): Failure {
  if (code >= ALERT) {
    const name = `${ALERTS[code - ALERT] ?? code - ALERT}`;
    return new Failure(`tls-alert-${name}`, `${host} ended the TLS connection with the alert '${name}'`);
  }
  const [name, sentence] = FAILURES[code] ?? ['tls-handshake', () => `TLS with ${host} failed (code ${code})`];
  return new Failure(name, sentence(host, shown(detail)));
}

/** The transport ended without close_notify (RFC 8446 6.1). */
export function truncated(host: string, isOpen: boolean): Failure {
  const what = isOpen ? 'without a TLS closure alert: it may be truncated' : 'during the TLS handshake';
  return new Failure('tls-truncated', `the connection to ${host} ended ${what}`);
}

/** TLS can't be used, or no longer. */
export function unavailable(why: string, cause: unknown): Failure {
  return new Failure('tls-unavailable', `TLS isn't available: ${why}`, { cause });
}

/** @param seconds Unix time, in decimal */
function date(seconds: string): string {
  const at = new Date(Number(seconds) * 1_000);
  return Number.isNaN(at.getTime()) ? 'an unknown date' : at.toISOString().replace(/T.*/, '');
}

function colon(detail: string): string {
  return detail === '' ? '' : `: ${detail}`;
}

/** A text that may be the server's, without control characters. */
function shown(text: string): string {
  const cut = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return cut.replace(/\p{C}/gu, '\uFFFD');
}
