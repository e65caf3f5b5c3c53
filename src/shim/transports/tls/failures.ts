// Why TLS failed: the module's codes (tls/src/failure.rs) as stable names and sentences.
import { Failure } from '../../failure.ts';

/** The code of a received alert is this and its number. */
const ALERT = 0x100;

/** How much of a text from the server a message contains. */
const MAX_SHOWN = 300;

/** By the module's code: the failure's, the sentence with `@` for the host, and what joins a detail to it. */
const FAILURES: Record<number, readonly [code: string, sentence: string, joint?: string]> = {
  1: ['certificate-expired', 'the certificate of @ expired', ' on '],
  2: ['certificate-not-yet-valid', "the certificate of @ isn't valid", ' before '],
  3: ['certificate-unknown-issuer', "the certificate of @ isn't from an authority that is trusted"],
  4: ['certificate-wrong-host', "the certificate isn't for @", ' but for '],
  5: ['certificate-wrong-purpose', "the certificate of @ isn't for TLS servers"],
  6: ['certificate-bad-signature', 'a signature of the certificate of @, or by its key, is wrong'],
  7: ['certificate-pin', 'no certificate on the verified path of @ has a key that is pinned'],
  8: ['certificate-invalid', "the certificate of @ isn't valid"],
  9: ['certificate-weak', "the certificate of @ has a key or a signature that isn't accepted"],
  10: ['certificate-name-constraint', 'the certificate of @ has a name that its authority may not certify'],
  20: ['handshake', 'the TLS handshake with @ failed'],
  21: ['bad-record', 'TLS with @ failed'],
  23: ['unavailable', "TLS isn't available"],
  40: ['invalid-options', "the TLS options aren't valid"],
};

/**
 * The failure for the module's code.
 *
 * @param detail of an alert, its name
 */
export function tlsFailure(code: number, detail: string, host: string): Failure {
  if (code >= ALERT) {
    // One that isn't in IANA's registry has no name.
    const name = detail || code - ALERT;
    return new Failure(`tls-alert-${name}`, `${host} ended the connection with the TLS alert ${name}`);
  }
  const [name, sentence, joint = ': '] = FAILURES[code] ?? ['handshake', 'TLS with @ failed'];
  const more = code < 3 ? date(detail) : shown(detail);
  return new Failure(`tls-${name}`, sentence.replace('@', () => host) + (more && joint + more));
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

/** @param seconds Unix time in decimal, or an empty string */
function date(seconds: string): string {
  const at = new Date(Number(seconds || NaN) * 1_000);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 10);
}

/** A text that may be the server's, without control characters. */
function shown(text: string): string {
  const cut = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return cut.replace(/\p{C}/gu, '\uFFFD');
}
