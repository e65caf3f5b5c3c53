// Node's sockets: `net` for ws:, `tls` for wss:.
import net from 'node:net';
import tls from 'node:tls';
import '../../node/host.ts';
import { release } from '../../node/reusable-memory.ts';
import { BuiltInLink } from '../built-in-link.ts';
import { type CancelListener, type CancelSignal, cancelSignalOf, makeLazyTarget } from '../lazy-target.ts';
import { aborted } from '../link-failures.ts';
import { setMakeTarget } from '../target.ts';
import { HAS_ONREAD, onread, type Reader } from '../tcp-read.ts';
import type { TlsOptions } from '../tls/options.ts';
import { tls as overTls } from '../tls/transport.ts';
import { takeTls } from '../tls-registry.ts';
import type { Link, LinkSink, TlsFacts, TransportTarget } from '../types.ts';
import { tlsFactsOf } from './facts.ts';
import { brokenError, connectError } from './failures.ts';

/**
 * Connects by TCP, and for `wss:` by the platform's TLS; in Node, Deno and Bun, the default. The platform checks
 * certificates by its own rules; in Node `NODE_EXTRA_CA_CERTS` names further authorities. A WebSocket with the option `tls`
 * is encrypted as by `tls(tcp, options)` instead.
 *
 * @see {@link https://nodejs.org/api/tls.html | Node's TLS}
 */
export function tcp(target: TransportTarget): Promise<Link> {
  return new Promise((resolve, reject) => {
    new SocketLink({ target, signal: cancelSignalOf(target), resolve, reject });
  });
}

setMakeTarget(makeLazyTarget);
takeTls(tcp, (options) => overTls(tcp, options as TlsOptions));

/** An attempt to connect. */
interface Attempt {
  readonly target: TransportTarget;
  readonly signal: CancelSignal;
  readonly resolve: (link: Link) => void;
  readonly reject: (error: Error) => void;
}

/** The link of a socket: so the listeners are the same functions for all sockets. */
const LINK = Symbol('link');

type LinkedSocket = net.Socket & { [LINK]: SocketLink };

type Listener = (this: LinkedSocket) => void;

let onConnect: Listener;
let onData: (this: LinkedSocket, chunk: Uint8Array) => void;
let onEnd: Listener;
let onError: (this: LinkedSocket, error: Error) => void;

class SocketLink extends BuiltInLink implements CancelListener, Reader {
  /** In Deno a delivery follows from a promise: the microtasks of the one before may still run. */
  override readonly ownTasks = !('Deno' in globalThis);
  readonly secure: boolean;
  tls: TlsFacts | undefined;
  readonly #socket: LinkedSocket;
  /** Undefined once it succeeded or failed. */
  #attempt: Attempt | undefined;
  /** Whether the socket was told to stop reading. */
  #stopped = false;

  static {
    onConnect = function () {
      this[LINK].#connected();
    };
    onData = function (chunk) {
      // Not a Buffer, whose methods differ from those of its base class.
      this[LINK].read(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
    };
    onEnd = function () {
      this[LINK].receivedAll();
    };
    onError = function (error) {
      this[LINK].#failed(error);
    };
  }

  /** The other platforms' sockets don't say so. */
  override get reusable(): boolean {
    return HAS_ONREAD;
  }

  constructor(attempt: Attempt) {
    super();
    this.#attempt = attempt;
    const { target, signal } = attempt;
    const { hostname, port, secure } = target;
    this.secure = secure;
    const options = {
      __proto__: null,
      host: hostname,
      port,
      onread: onread(this),
    } as net.TcpNetConnectOpts;
    const socket = secure
      ? tls.connect({ __proto__: null, ...options, ALPNProtocols: ['http/1.1'], ...serverName(hostname) } as object)
      : net.connect(options);
    this.#socket = Object.assign(socket, { [LINK]: this });
    socket.on(secure ? 'secureConnect' : 'connect', onConnect);
    socket.on('error', onError);
    socket.on('end', onEnd);
    socket.on('close', onEnd);
    // Before the handshake of TLS; otherwise once the socket is connected, which takes one system call less.
    if (secure) socket.setNoDelay(true);
    signal.addEventListener('abort', this);
    if (signal.aborted) this.handleEvent();
  }

  override open(sink: LinkSink): void {
    super.open(sink);
    if (!HAS_ONREAD) this.#socket.on('data', onData);
  }

  write(chunk: Uint8Array, flushed: () => void, owned = false): void {
    this.#socket.write(chunk, (error) => {
      if (error) return;
      if (owned && this.reusable) release(chunk);
      flushed();
    });
  }

  override pause(): void {
    super.pause();
    this.#stopped = true;
    this.#socket.pause();
  }

  override resume(): void {
    super.resume();
    if (this.paused || !this.#stopped) return;
    this.#stopped = false;
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.removeSink();
    this.#socket.destroy();
  }

  /** The attempt is aborted. */
  handleEvent(): void {
    this.#endAttempt()?.reject(aborted());
    this.#socket.destroy();
  }

  #connected(): void {
    if (this.secure) this.tls = tlsFactsOf(this.#socket as unknown as tls.TLSSocket);
    else this.#socket.setNoDelay(true);
    this.#endAttempt()?.resolve(this);
  }

  /** Takes what the socket reads. Returns whether to go on. */
  read(chunk: Uint8Array): boolean {
    this.deliver(chunk, HAS_ONREAD);
    this.#stopped = this.paused;
    return !this.#stopped;
  }

  #failed(error: Error): void {
    const attempt = this.#endAttempt();
    if (attempt) {
      attempt.reject(connectError(error, attempt.target));
      return;
    }
    const failure = brokenError(error, this.secure);
    const sink = this.removeSink();
    if (sink) sink.fail(failure);
    else this.receivedAll({ error: failure });
  }

  #endAttempt(): Attempt | undefined {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.signal.removeEventListener('abort', this);
    return attempt;
  }
}

/** SNI doesn't allow IP addresses (RFC 6066 3). */
function serverName(hostname: string): { servername: string } | undefined {
  return net.isIP(hostname) ? undefined : { servername: hostname };
}
