// The link over a socket of Node's: of `net` for ws:, of `tls` for wss:.
import net from 'node:net';
import tls from 'node:tls';
import '../../node/host.ts';
import { release } from '../../node/reusable-memory.ts';
import { BuiltInLink } from '../built-in-link.ts';
import type { CancelListener, CancelSignal } from '../lazy-target.ts';
import { aborted } from '../link-failures.ts';
import type { Link, LinkSink, TlsFacts, TransportTarget } from '../types.ts';
import { tlsFactsOf } from './facts.ts';
import { brokenError, connectError } from './failures.ts';
import { HAS_ONREAD, onread, type Reader } from './reader.ts';
import { serverName } from './server-name.ts';
import type { TcpSettings } from './settings.ts';

/** An attempt to connect. */
interface Attempt {
  readonly target: TransportTarget;
  readonly settings: TcpSettings | undefined;
  readonly signal: CancelSignal;
  /** A connected, paused socket to use, whose bytes are the host's. */
  readonly tunnel: net.Socket | undefined;
  readonly resolve: (link: Link) => void;
  readonly reject: (error: Error) => void;
}

/** The link of a socket: so the listeners are the same functions for all sockets. */
const LINK = Symbol('link');

type LinkedSocket = net.Socket & { [LINK]: SocketLink };

type Listener = (this: LinkedSocket) => void;

let onClose: Listener;
let onConnect: Listener;
let onData: (this: LinkedSocket, chunk: Uint8Array) => void;
let onEnd: Listener;
let onError: (this: LinkedSocket, error: Error) => void;

export class SocketLink extends BuiltInLink implements CancelListener, Reader {
  override readonly ownTasks: boolean;
  readonly secure: boolean;
  tls: TlsFacts | undefined;
  readonly #socket: LinkedSocket;
  /** Undefined once it succeeded or failed. */
  #attempt: Attempt | undefined;
  /** Whether the socket was told to stop reading. */
  #stopped = false;

  static {
    onClose = function () {
      this[LINK].#closed();
    };
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
    const { target, settings, signal, tunnel } = attempt;
    this.secure = target.secure;
    // In Deno a delivery follows from a promise: the microtasks of the one before may still run. A tunnel's chunks may have
    // waited for `resume()`, which delivers several at once.
    this.ownTasks = !('Deno' in globalThis) && tunnel === undefined;
    const socket = openSocket(attempt, this);
    if (settings?.unref) socket.unref();
    this.#socket = Object.assign(socket, { [LINK]: this });
    if (socket !== tunnel) socket.on(this.secure ? 'secureConnect' : 'connect', onConnect);
    socket.on('error', onError);
    socket.on('end', onEnd);
    socket.on('close', onClose);
    if (tunnel) this.#stopped = true;
    // Before the handshake of TLS; otherwise once the socket is connected, which takes one system call less.
    if (this.secure) socket.setNoDelay(true);
    signal.addEventListener('abort', this);
    if (signal.aborted) this.handleEvent();
    else if (socket === tunnel) this.#connected();
  }

  override open(sink: LinkSink): void {
    super.open(sink);
    if (!HAS_ONREAD || !this.ownTasks) this.#socket.on('data', onData);
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

  #closed(): void {
    // Not every platform reports an error for a handshake of TLS that is cut short.
    if (this.#attempt) this.#failed(new Error('the connection ended too early'));
    else this.receivedAll();
  }

  /** Takes what the socket reads. Returns whether to go on. */
  read(chunk: Uint8Array): boolean {
    this.deliver(chunk, HAS_ONREAD && this.ownTasks);
    this.#stopped = this.paused;
    return !this.#stopped;
  }

  #failed(error: Error): void {
    const attempt = this.#endAttempt();
    if (attempt) {
      attempt.reject(connectError(error, placeOf(attempt), this.secure));
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

/** The socket of an attempt, which connects unless it is the tunnel itself. */
function openSocket({ target, settings, tunnel }: Attempt, reader: Reader): net.Socket {
  const { hostname, port, secure } = target;
  if (tunnel && !secure) return tunnel;
  const options = {
    __proto__: null,
    ...settings?.net,
    host: hostname,
    port,
    onread: onread(reader),
    // The answer to a Close frame may still be written after the server has ended its side.
    allowHalfOpen: true,
  } as unknown as net.TcpNetConnectOpts;
  if (!secure) return net.connect(options);
  return tls.connect({
    __proto__: null,
    ...options,
    ALPNProtocols: ['http/1.1'],
    ...serverName(hostname),
    ...settings?.tls,
    ...(tunnel && { socket: tunnel }),
  } as object);
}

/** Where an attempt connects to, for messages. */
function placeOf({ target, settings }: Attempt): string {
  return settings?.net.path ?? `${target.hostname}:${target.port}`;
}
