// What is known of a TLS connection, from the module's records (tls/src/facts.rs).

import { TextDecoder } from '../../platform/globals.ts';
import { decodeRecords } from '../records.ts';
import type { TlsFacts } from '../types.ts';

const PROTOCOL = 1;
const CIPHER_SUITE = 2;
const GROUP = 3;
const RESUMED = 4;
const ALPN = 5;
const CERTIFICATE = 6;
const SUBJECT = 7;
const ISSUER = 8;
const NOT_BEFORE = 9;
const NOT_AFTER = 10;
const FINGERPRINT = 11;

/** Decodes the facts. */
export function decodeFacts(bytes: Uint8Array): TlsFacts {
  const records = decodeRecords(bytes);
  const find = (tag: number) => records.find((record) => record[0] === tag)?.[1];
  const text = (tag: number) => {
    const value = find(tag);
    return value && new TextDecoder().decode(value);
  };
  const date = (tag: number) => new Date(Number(text(tag)) * 1_000);
  const subject = text(SUBJECT);
  return {
    protocol: text(PROTOCOL) ?? '',
    cipherSuite: text(CIPHER_SUITE),
    group: text(GROUP),
    resumed: find(RESUMED)?.[0] === 1,
    alpnProtocol: text(ALPN),
    // Missing if the module's reader of certificates is stricter than its verifier.
    certificate:
      subject === undefined
        ? undefined
        : {
            subject,
            issuer: text(ISSUER) ?? '',
            validFrom: date(NOT_BEFORE),
            validTo: date(NOT_AFTER),
            fingerprint256: fingerprint(find(FINGERPRINT) ?? new Uint8Array()),
          },
    certificates: records.filter(([tag]) => tag === CERTIFICATE).map(([, value]) => value),
  };
}

/** In the format of Node. */
function fingerprint(hash: Uint8Array): string {
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}
