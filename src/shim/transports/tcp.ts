// Node's sockets: `net` for ws:, `tls` for wss:.
import net from 'node:net';
import tls from 'node:tls';
import { aborted } from './link-failures.ts';
import { brokenError, connectError } from './tcp-error.ts';
import { tlsFactsOf } from './tcp-facts.ts';
import type { TlsOptions } from './tls/options.ts';
import { tls as overTls } from './tls/transport.ts';
import { takeTls } from './tls-registry.ts';
import type { Link, LinkSink, TlsFacts, TransportTarget } from './types.ts';

/**
 * Connects by TCP, and for `wss:` by the platform's TLS; in Node, Deno and Bun, the default. The platform checks
 * certificates by its own rules; in Node `NODE_EXTRA_CA_CERTS` names further authorities. A WebSocket with the option `tls`
 * is encrypted as by `tls(tcp, options)` instead.
 *
 * @see {@link https://nodejs.org/api/tls.html | Node's TLS}
 */
export function tcp(target: TransportTarget): Promise<Link> {
  const { hostname, port, secure, signal } = target;
  return new Promise((resolve, reject) => {
    const socket = secure
      ? tls.connect({
          __proto__: null,
          host: hostname,
          port,
          ALPNProtocols: ['http/1.1'],
          ...serverName(hostname),
        } as object)
      : net.connect({ __proto__: null, host: hostname, port } as net.TcpNetConnectOpts);
    const abort = () => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      reject(aborted());
    };
    const fail = (error: Error) => {
      signal.removeEventListener('abort', abort);
      reject(connectError(error, target));
    };
    signal.addEventListener('abort', abort);
    socket.setNoDelay(true);
    socket.once('error', fail);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', abort);
      socket.removeListener('error', fail);
      resolve(new SocketLink(socket, secure));
    });
    if (signal.aborted) abort();
  });
}

takeTls(tcp, (options) => overTls(tcp, options as TlsOptions));

/** SNI doesn't allow IP addresses (RFC 6066 3). */
function serverName(hostname: string): { servername: string } | undefined {
  return net.isIP(hostname) ? undefined : { servername: hostname };
}

class SocketLink implements Link {
  readonly secure: boolean;
  readonly tls: TlsFacts | undefined;
  readonly #socket: net.Socket;
  #sink: LinkSink | undefined;

  constructor(socket: net.Socket, secure: boolean) {
    this.#socket = socket;
    this.secure = secure;
    this.tls = secure ? tlsFactsOf(socket as tls.TLSSocket) : undefined;
    // Without a listener an error between here and `open` would end the process.
    socket.on('error', (error) => this.#removeSink()?.fail(brokenError(error, secure)));
  }

  open(sink: LinkSink): void {
    this.#sink = sink;
    this.#socket.on('data', (chunk) => this.#sink?.data(chunk));
    this.#socket.on('end', () => this.#removeSink()?.end());
    this.#socket.on('close', () => this.#removeSink()?.end());
    if (this.#socket.errored) this.#removeSink()?.fail(brokenError(this.#socket.errored, this.secure));
  }

  write(chunk: Uint8Array, flushed: () => void): void {
    this.#socket.write(chunk, (error) => {
      if (!error) flushed();
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#removeSink();
    this.#socket.destroy();
  }

  /** Removes the sink, and returns it for its last call. */
  #removeSink(): LinkSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }
}
