// A tunnel: a socket that is connected to a proxy, which forwards its bytes to a host.
import dns from 'node:dns';
import net from 'node:net';
import tls from 'node:tls';
import { Failure } from '../../../failure.ts';
import type { CancelListener, CancelSignal } from '../../lazy-target.ts';
import { aborted } from '../../link-failures.ts';
import { connectError, reasonFor } from '../failures.ts';
import { serverName } from '../server-name.ts';
import type { TcpSettings } from '../settings.ts';
import { proxyFailed, proxyUnreachable } from './failures.ts';
import { type Destination, type Handshake, HandshakeDriver } from './handshake.ts';
import { connectByHttp } from './http.ts';
import { authorityOf, type ProxyServer } from './server.ts';
import { connectBySocks } from './socks.ts';

/**
 * Opens a tunnel to a host. What it resolves with is paused, and has the host's bytes that came with the proxy's answer.
 *
 * @throws {Failure} `proxy-unreachable`, `proxy-refused` or `proxy-failed`
 */
export async function openTunnel(
  proxy: ProxyServer,
  { hostname, port, secure }: Destination & { readonly secure: boolean },
  settings: TcpSettings | undefined,
  signal: CancelSignal,
): Promise<net.Socket> {
  // The parser of URLs lets nothing of the kind pass, but others may call a transport.
  if (/[^!-~]/.test(hostname)) throw new Failure('host-not-found', `'${hostname}' isn't the name of a host`);
  const { protocol } = proxy;
  const known = protocol === 'socks5:' ? await addressOf({ hostname, port }, settings, signal) : hostname;
  const connect = protocol.startsWith('socks') ? connectBySocks : connectByHttp;
  return new Promise((resolve, reject) => {
    const handshake = connect(proxy, { hostname: known, port });
    new Tunnel({ proxy, handshake, secure, settings, signal, resolve, reject });
  });
}

/** The host's address, by this machine's resolver. */
function addressOf(destination: Destination, settings: TcpSettings | undefined, signal: CancelSignal): Promise<string> {
  const { hostname } = destination;
  if (net.isIP(hostname)) return Promise.resolve(hostname);
  const { lookup = dns.lookup as never as net.LookupFunction, family = 0 } = settings?.net ?? {};
  return new Promise((resolve, reject) => {
    const abort = { handleEvent: () => reject(aborted()) };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort.handleEvent();
    const found = (error: Error | null, addresses: string | { address: string }[]) => {
      signal.removeEventListener('abort', abort);
      const address = Array.isArray(addresses) ? addresses[0]?.address : addresses;
      if (!error && address && net.isIP(address)) resolve(address);
      else reject(connectError(error ?? new Error('the lookup found no address'), authorityOf(destination), false));
    };
    lookup(hostname, { family: family as 0 }, found);
  });
}

interface Attempt {
  readonly proxy: ProxyServer;
  readonly handshake: Handshake;
  /** Whether TLS is next. */
  readonly secure: boolean;
  readonly settings: TcpSettings | undefined;
  readonly signal: CancelSignal;
  readonly resolve: (socket: net.Socket) => void;
  readonly reject: (error: unknown) => void;
}

/** The connection to a proxy, until its handshake is complete. */
class Tunnel implements CancelListener {
  readonly #attempt: Attempt;
  readonly #driver: HandshakeDriver;
  readonly #socket: net.Socket;
  #connected = false;
  #finished = false;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
    this.#driver = new HandshakeDriver(attempt.handshake);
    const { proxy, settings, signal } = attempt;
    const secure = proxy.protocol === 'https:';
    this.#socket = connectToProxy(proxy, settings);
    if (settings?.unref) this.#socket.unref();
    this.#socket.setNoDelay(true);
    this.#socket.on(secure ? 'secureConnect' : 'connect', () => this.#begin());
    this.#socket.on('data', this.#receive);
    // These stay: a broken tunnel must not throw while TLS begins over it.
    this.#socket.on('error', (error) => this.#broke(reasonFor(error, secure), error));
    this.#socket.on('end', () => this.#broke('the connection ended'));
    this.#socket.on('close', () => this.#broke('the connection ended'));
    signal.addEventListener('abort', this);
    if (signal.aborted) this.handleEvent();
  }

  /** The attempt is aborted. */
  handleEvent(): void {
    this.#fail(aborted());
  }

  #begin(): void {
    this.#connected = true;
    try {
      this.#write(this.#driver.start());
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #receive = (chunk: Uint8Array): void => {
    if (this.#finished) return;
    try {
      this.#write(this.#driver.receive(chunk));
    } catch (error) {
      this.#fail(error);
      return;
    }
    const { rest } = this.#driver;
    if (rest) this.#established(rest);
  };

  #write(chunks: Uint8Array[]): void {
    for (const chunk of chunks) this.#socket.write(chunk);
  }

  #established(rest: Uint8Array): void {
    const socket = this.#socket;
    if (rest.length > 0 && this.#attempt.secure) {
      // A server of TLS doesn't begin.
      this.#fail(new Failure('tls-failed', 'there were bytes in the tunnel before TLS began'));
      return;
    }
    socket.pause();
    socket.off('data', this.#receive);
    if (rest.length > 0) socket.unshift(rest);
    this.#finish();
    this.#attempt.resolve(socket);
  }

  #broke(reason: string, cause?: Error): void {
    const { name } = this.#attempt.proxy;
    const options = cause && { cause };
    this.#fail(this.#connected ? proxyFailed(name, reason, options) : proxyUnreachable(name, reason, options));
  }

  #fail(error: unknown): void {
    if (this.#finished) return;
    this.#finish();
    this.#socket.destroy();
    this.#attempt.reject(error);
  }

  #finish(): void {
    this.#finished = true;
    this.#attempt.signal.removeEventListener('abort', this);
  }
}

function connectToProxy(
  { protocol, hostname, port, tls: tlsOptions }: ProxyServer,
  settings?: TcpSettings,
): net.Socket {
  const options = { __proto__: null, ...settings?.net, host: hostname, port } as unknown as net.TcpNetConnectOpts;
  if (protocol !== 'https:') return net.connect(options);
  return tls.connect({ ...options, ALPNProtocols: ['http/1.1'], ...serverName(hostname), ...tlsOptions } as object);
}
