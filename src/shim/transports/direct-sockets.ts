// directSockets(): the sockets of Isolated Web Apps.
import { Failure, messageOf } from '../failure.ts';
import { onAbort } from '../platform/abort-signal.ts';
import { queueTurn } from '../platform/event-loop.ts';
import { setTimeout } from '../platform/globals.ts';
import { aborted } from './link-failures.ts';
import { shown } from './relay-url.ts';
import { StreamLink } from './stream-link.ts';
import type { TlsOptions } from './tls/options.ts';
import { tls } from './tls/transport.ts';
import type { ByteStream, Link, LinkSink, Transport, TransportTarget } from './types.ts';

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
  return tls((target) => connect(TCPSocket, passedOn, target), tlsOptions);
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

/** See {@link DirectLink}: a length in bytes, and a time in milliseconds. */
const ALIGNMENT = 1024;
const EMPTYING = 5;

/** What waits to be written. */
interface Waiting {
  readonly chunk: Uint8Array;
  readonly flushed: () => void;
}

/**
 * Ends both directions when this side ends: the end of `writable` alone isn't sent to the server.
 *
 * Chromium (156) drops a chunk, and resolves its write, if its pipe to the network is exactly full when the write begins. The
 * pipe has 64 KiB, so this happens after writes of such a length. So what waits is written together, never as a multiple of
 * 1,024 bytes, and after the byte that is left over, the pipe gets the time to be emptied.
 */
class DirectLink extends StreamLink {
  #sink: LinkSink | undefined;
  #waiting: Waiting[] = [];
  #isWriting = false;
  #whenWritten: () => void = () => {};

  override open(sink: LinkSink): void {
    this.#sink = sink;
    super.open({
      data: (chunk) => this.#sink?.data(chunk),
      end: () => this.#removeSink()?.end(),
      fail: (error) => this.#removeSink()?.fail(error),
    });
  }

  override write(chunk: Uint8Array, flushed: () => void): void {
    this.#waiting.push({ chunk, flushed });
    this.#writeWaiting();
  }

  #writeWaiting(): void {
    if (this.#isWriting) return;
    if (this.#waiting.length === 0) {
      this.#whenWritten();
      return;
    }
    this.#isWriting = true;
    let flushed = this.#waiting.map((waiting) => waiting.flushed);
    let bytes = joined(this.#waiting);
    this.#waiting = [];
    if (bytes.length > 0 && bytes.length % ALIGNMENT === 0) {
      const all = flushed;
      this.#waiting.push({ chunk: bytes.subarray(-1), flushed: () => callAll(all) });
      bytes = bytes.subarray(0, -1);
      flushed = [];
    }
    const done = () => {
      this.#isWriting = false;
      callAll(flushed);
      this.#writeWaiting();
    };
    super.write(bytes, () => (bytes.length === 1 ? setTimeout(done, EMPTYING) : queueTurn(done)));
  }

  override async end(): Promise<void> {
    if (this.#isWriting) {
      await new Promise<void>((resolve) => {
        this.#whenWritten = resolve;
      });
    }
    await super.end();
    const sink = this.#removeSink();
    super.destroy();
    sink?.end();
  }

  override destroy(): void {
    this.#removeSink();
    this.#waiting = [];
    super.destroy();
  }

  /** Removes the sink, and returns it for its last call. */
  #removeSink(): LinkSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }
}

function callAll(callbacks: readonly (() => void)[]): void {
  for (const callback of callbacks) callback();
}

function joined(waiting: readonly Waiting[]): Uint8Array {
  const [first] = waiting;
  if (first && waiting.length === 1) return first.chunk;
  const bytes = new Uint8Array(waiting.reduce((sum, { chunk }) => sum + chunk.length, 0));
  let at = 0;
  for (const { chunk } of waiting) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
