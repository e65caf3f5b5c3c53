// directSockets(): the sockets of Isolated Web Apps.
import { Failure, messageOf } from '../../failure.ts';
import { onAbort } from '../../platform/abort-signal.ts';
import { aborted } from '../link-failures.ts';
import { shown } from '../relay-url.ts';
import { StreamLink } from '../stream-link.ts';
import type { TlsOptions } from '../tls/options.ts';
import { tls } from '../tls/transport.ts';
import { named } from '../transport-name.ts';
import type { ByteStream, Link, Transport, TransportTarget } from '../types.ts';
import { DirectLink } from './link.ts';

/** The part of a `TCPSocket` that is used (WICG Direct Sockets). */
export interface DirectSocket {
  readonly opened: Promise<ByteStream>;
  readonly closed?: Promise<unknown>;
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
  /** Passed on to the class, in bytes. By default 1 MiB. */
  sendBufferSize?: number | undefined;
  /** Passed on to the class, in bytes. */
  receiveBufferSize?: number | undefined;
  /** Passed on to the class: which addresses of a name are used. */
  dnsQueryType?: 'ipv4' | 'ipv6' | undefined;
}

/** The platform's class, as it is before a script replaces it. */
const NativeTcpSocket = (globalThis as { TCPSocket?: DirectSocketClass }).TCPSocket;

/**
 * The default of `sendBufferSize`, in bytes. Without one, Chromium takes everything at once, so that nothing holds back what
 * is sent to a server that doesn't read.
 */
const SEND_BUFFER = 1024 * 1024;

/**
 * Connects by TCP with the sockets that Isolated Web Apps have. The app's manifest must permit `direct-sockets`, and for
 * private addresses and loopback `local-network` and `loopback-network`.
 *
 * `wss:` connections are encrypted to the host, as by {@link tls}.
 *
 * @throws {TypeError} for an invalid option of TLS, and if neither the platform nor the options have a TCPSocket class
 * @see {@link https://wicg.github.io/direct-sockets/ | WICG Direct Sockets}
 * @example
 * configure({ transport: directSockets() });
 */
export function directSockets(options: DirectSocketOptions = {}): Transport {
  const {
    TCPSocket = NativeTcpSocket,
    tls: tlsOptions,
    noDelay = true,
    sendBufferSize = SEND_BUFFER,
    ...others
  } = options;
  if (!TCPSocket) {
    throw new TypeError('This platform has no TCPSocket class: only Isolated Web Apps have one.');
  }
  if (typeof TCPSocket !== 'function') {
    throw new TypeError(`The option 'TCPSocket' must be a class, not ${shown(TCPSocket)}.`);
  }
  const passedOn = Object.fromEntries(
    Object.entries({ noDelay, sendBufferSize, ...others }).filter(([, value]) => value !== undefined),
  );
  return tls(
    named((target) => connect(TCPSocket, passedOn, target), 'directSockets'),
    tlsOptions,
  );
}

async function connect(TCPSocket: DirectSocketClass, options: object, target: TransportTarget): Promise<Link> {
  const { hostname, port, signal } = target;
  if (signal.aborted) throw aborted();
  let forgetSignal = () => {};
  const aborting = new Promise<never>((_, reject) => {
    forgetSignal = onAbort(signal, () => reject(aborted()));
  });
  const opening = open(TCPSocket, options, hostname, port);
  try {
    return new DirectLink(await Promise.race([opening, aborting]));
  } catch (error) {
    // A socket that is connecting can't be closed: it is dropped once it is open.
    opening.then((stream) => new StreamLink(stream).destroy()).catch(() => {});
    throw error;
  } finally {
    forgetSignal();
  }
}

/** @throws {Failure} if it can't connect */
async function open(
  TCPSocket: DirectSocketClass,
  options: object,
  hostname: string,
  port: number,
): Promise<ByteStream> {
  try {
    const socket = new TCPSocket(hostname, port, options as never);
    socket.closed?.catch(() => {});
    return await socket.opened;
  } catch (error) {
    // Chromium has one message for a host that refuses and one that doesn't answer.
    const message = messageOf(error);
    const code = /resolved/.test(message) ? 'host-not-found' : 'connect-failed';
    throw new Failure(code, `can't connect to ${hostname}:${port}: ${message}`, { cause: error });
  }
}
