// Options of webTransport(), converted.
import { bytesOf } from '../../platform/binary.ts';
import { TextEncoder } from '../../platform/globals.ts';
import { shown } from '../relay-url.ts';
import type { TlsOptions } from '../tls/options.ts';
import { MAX_TOKEN } from './prologue.ts';
import type { CertificateHash, WebTransportClass } from './types.ts';

/** Options of {@link webTransport}. */
export interface WebTransportRelayOptions {
  /** The class of the session. By default the platform's own `WebTransport`. */
  WebTransport?: WebTransportClass | undefined;
  /** What the relay requires clients to know, at most 4,096 bytes as UTF-8. It is sent with each connection. */
  token?: string | undefined;
  /** Options of TLS for `wss:` connections. */
  tls?: TlsOptions | undefined;
  /** Passed on to the class: certificates to accept, in place of those that the platform would. */
  serverCertificateHashes?: Iterable<CertificateHash> | undefined;
  /** Passed on to the class. */
  congestionControl?: 'default' | 'throughput' | 'low-latency' | undefined;
  /** Passed on to the class: whether the session may share an HTTP/3 connection with others. */
  allowPooling?: boolean | undefined;
  /** Passed on to the class: whether the session must not be over TCP. */
  requireUnreliable?: boolean | undefined;
}

/** The options of a session, converted. */
export interface SessionOptions {
  /** For the class's constructor. */
  readonly passedOn: object;
  readonly token: Uint8Array;
  /** The same for the same options. */
  readonly key: string;
}

const CONGESTION_CONTROLS: readonly unknown[] = ['default', 'throughput', 'low-latency'];

/**
 * Converts the options of a session. What they contain is copied.
 *
 * @throws {TypeError} for a value that can't be converted
 */
export function convertSessionOptions(options: WebTransportRelayOptions): SessionOptions {
  const { token = '', congestionControl, allowPooling, requireUnreliable } = options;
  if (typeof token !== 'string') throw refused('token', `must be a string, not ${typeof token}`);
  const bytes = new TextEncoder().encode(token);
  if (bytes.length > MAX_TOKEN) throw refused('token', `has ${bytes.length} bytes: ${MAX_TOKEN} are the most`);
  if (congestionControl !== undefined && !CONGESTION_CONTROLS.includes(congestionControl)) {
    throw refused(
      'congestionControl',
      `must be one of ${CONGESTION_CONTROLS.join(', ')}, not ${shown(congestionControl)}`,
    );
  }
  const flags = { allowPooling, requireUnreliable };
  for (const [name, value] of Object.entries(flags)) {
    if (value !== undefined && typeof value !== 'boolean')
      throw refused(name, `must be a boolean, not ${shown(value)}`);
  }
  const hashes = toHashes(options.serverCertificateHashes);
  if (hashes && allowPooling) throw refused('serverCertificateHashes', "can't be used together with allowPooling");
  const members = { congestionControl, ...flags, serverCertificateHashes: hashes };
  // A member that is undefined isn't there for the platform's class, but may be for another.
  const passedOn = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  const shownHashes = hashes?.map(({ value }) => `${value}`);
  const key = JSON.stringify([token, congestionControl, allowPooling, requireUnreliable, shownHashes]);
  return { passedOn, token: bytes, key };
}

function toHashes(value: unknown): { algorithm: string; value: Uint8Array }[] | undefined {
  if (value === undefined) return undefined;
  const name = 'serverCertificateHashes';
  if (typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== 'function') {
    throw refused(name, `must be an array, not ${shown(value)}`);
  }
  return Array.from(value as Iterable<Partial<CertificateHash> | null>, (hash, index) => {
    const bytes = bytesOf(hash?.value)?.slice();
    const { algorithm } = hash ?? {};
    if (typeof algorithm === 'string' && algorithm.toLowerCase() === 'sha-256' && bytes?.length === 32) {
      return { algorithm, value: bytes };
    }
    throw refused(name, `must be { algorithm: 'sha-256', value: 32 bytes }: number ${index + 1} isn't`);
  });
}

function refused(name: string, why: string): TypeError {
  return new TypeError(`The option '${name}' of webTransport() ${why}.`);
}
