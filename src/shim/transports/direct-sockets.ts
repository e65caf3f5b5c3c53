// directSockets(): the sockets of Isolated Web Apps.
import { Failure, messageOf } from '../failure.ts';
import { aborted } from './link-failures.ts';
import { shown } from './relay-url.ts';
import type { TlsOptions } from './tls/options.ts';
import { tls } from './tls/transport.ts';
import type { ByteStream, Transport, TransportTarget } from './types.ts';

/** The part of a `TCPSocket` that is used (WICG Direct Sockets). */
export interface DirectSocket {
  readonly opened: Promise<ByteStream>;
  readonly closed?: Promise<unknown>;
  close(): Promise<unknown>;
}

/** The class `TCPSocket`, or one with its interface. */
export type DirectSocketClass = new (hostname: string, port: number, options?: never) => DirectSocket;

/** Options of {@link directSockets}. */
export interface DirectSocketOptions {
  /** The class of the sockets. By default the platform's own `TCPSocket`. */
  TCPSocket?: DirectSocketClass | undefined;
  /** Options of TLS for `wss:` connections. */
  tls?: TlsOptions | undefined;
  /** Passed on to the class: whether small writes are sent at once. By default `true`. */
  noDelay?: boolean | undefined;
  /** Passed on to the class: after how many milliseconds of silence TCP sends a keep-alive, at least 1,000. */
  keepAliveDelay?: number | undefined;
  /** Passed on to the class, in bytes. */
  sendBufferSize?: number | undefined;
  /** Passed on to the class, in bytes. */
  receiveBufferSize?: number | undefined;
  /** Passed on to the class: which addresses of a name are used. */
  dnsQueryType?: 'ipv4' | 'ipv6' | undefined;
}

/** The platform's class, as it is before a script replaces it. */
const NativeTcpSocket = (globalThis as { TCPSocket?: DirectSocketClass }).TCPSocket;

/** What Chromium's messages contain of its network errors: the failure's code, and its meaning. */
const REASONS: readonly (readonly [pattern: RegExp, code: string, reason: string])[] = [
  [/CONNECTION_REFUSED/, 'connect-refused', 'the host refused the connection'],
  [/TIMED_OUT/, 'connect-timeout', 'the host did not answer'],
  [/NAME_NOT_RESOLVED/, 'host-not-found', 'the name could not be resolved'],
  [/ADDRESS_UNREACHABLE|INTERNET_DISCONNECTED/, 'host-unreachable', 'there is no route to the host'],
];

/**
 * Connects by TCP with the sockets that Isolated Web Apps have. The app's manifest must permit `direct-sockets`, and
 * `direct-sockets-private` for private addresses.
 *
 * `wss:` connections are encrypted to the host, as by {@link tls}.
 *
 * @throws {TypeError} for an invalid option of TLS, and if neither the platform nor the options have a TCPSocket class
 * @see {@link https://wicg.github.io/direct-sockets/ | WICG Direct Sockets}
 * @example
 * configure({ transport: directSockets() });
 */
export function directSockets(options: DirectSocketOptions = {}): Transport {
  const { TCPSocket = NativeTcpSocket, tls: tlsOptions, noDelay = true, ...others } = options;
  if (!TCPSocket) {
    throw new TypeError('This platform has no TCPSocket class: only Isolated Web Apps have one.');
  }
  if (typeof TCPSocket !== 'function') {
    throw new TypeError(`The option 'TCPSocket' must be a class, not ${shown(TCPSocket)}.`);
  }
  const passedOn = Object.fromEntries(
    Object.entries({ noDelay, ...others }).filter(([, value]) => value !== undefined),
  );
  return tls((target) => connect(TCPSocket, passedOn, target), tlsOptions);
}

async function connect(TCPSocket: DirectSocketClass, options: object, target: TransportTarget): Promise<ByteStream> {
  const { hostname, port, signal } = target;
  if (signal.aborted) throw aborted();
  try {
    const socket = new TCPSocket(hostname, port, options as never);
    socket.closed?.catch(() => {});
    const { readable, writable } = await socket.opened;
    if (!signal.aborted) return { readable, writable };
    await socket.close().catch(() => {});
  } catch (error) {
    if (!signal.aborted) throw connectError(error, hostname, port);
  }
  throw aborted();
}

function connectError(error: unknown, hostname: string, port: number): Failure {
  const message = messageOf(error);
  const [, code, reason] = REASONS.find(([pattern]) => pattern.test(message)) ?? [undefined, 'connect-failed', message];
  return new Failure(code, `can't connect to ${hostname}:${port}: ${reason}`, { cause: error });
}
