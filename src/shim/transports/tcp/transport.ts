// tcp, and tcp() with options.
import type { Socket } from 'node:net';
import { type CancelSignal, cancelSignalOf, makeLazyTarget } from '../lazy-target.ts';
import { setMakeTarget } from '../target.ts';
import type { TlsOptions } from '../tls/options.ts';
import { tls as overTls } from '../tls/transport.ts';
import { takeTls } from '../tls-registry.ts';
import { named } from '../transport-name.ts';
import type { Link, Transport, TransportTarget } from '../types.ts';
import { Deadline } from './deadline.ts';
import { connectError } from './failures.ts';
import { SocketLink } from './link.ts';
import type { TcpOptions } from './options.ts';
import { environmentProxy } from './proxy/environment.ts';
import { authorityOf, type ProxyServer } from './proxy/server.ts';
import { openTunnel } from './proxy/tunnel.ts';
import { convertTcpOptions, type TcpSettings } from './settings.ts';

/**
 * Connects by TCP, and for `wss:` by the platform's TLS; in Node, Deno and Bun, the default. The platform checks
 * certificates by its own rules; in Node `NODE_EXTRA_CA_CERTS` names further authorities. A WebSocket with the option `tls`
 * is encrypted as by `tls(tcp, options)` instead.
 *
 * It connects through the proxy that the environment names, in Node only with `NODE_USE_ENV_PROXY=1`.
 *
 * @see {@link https://nodejs.org/api/tls.html | Node's TLS}
 */
export function tcp(target: TransportTarget): Promise<Link>;
/**
 * Makes a transport with options.
 *
 * @param options an object with `hostname` is a target, and options are without
 * @throws {TypeError} for an unknown option, and for an invalid value
 * @example
 * new WebSocket('ws://localhost/', { transport: tcp({ path: '/run/app.sock' }) });
 */
export function tcp(options?: TcpOptions): Transport;
export function tcp(argument: TransportTarget | TcpOptions = {}): Promise<Link> | Transport {
  return isTarget(argument) ? connect(argument, undefined) : withOptions(convertTcpOptions(argument));
}

setMakeTarget(makeLazyTarget);
named(tcp as Transport, 'tcp');
takeTls(tcp, (options) => overTls(tcp, options as TlsOptions));

function isTarget(argument: TransportTarget | TcpOptions): argument is TransportTarget {
  return Object(argument).hostname !== undefined;
}

function withOptions(settings: TcpSettings): Transport {
  const transport = named((target) => connect(target, settings), 'tcp');
  takeTls(transport, (options) => {
    const [name] = settings.tlsNames;
    if (name === undefined) return overTls(transport, options as TlsOptions);
    // Else it would have no effect.
    throw new TypeError(`The option 'tls' is for the package's own TLS, and tcp() has '${name}' for the platform's.`);
  });
  return transport;
}

function connect(target: TransportTarget, settings: TcpSettings | undefined): Promise<Link> {
  const signal = cancelSignalOf(target);
  const timeout = settings?.timeout;
  if (timeout === undefined) return connectWithin(signal, target, settings);
  const deadline = new Deadline(timeout, signal);
  return connectWithin(deadline, target, settings)
    .catch((error) => {
      if (!deadline.expired) throw error;
      const late = Object.assign(new Error(`it took longer than ${timeout} ms`), { code: 'ETIMEDOUT' });
      throw connectError(late, settings?.net.path ?? authorityOf(target), target.secure);
    })
    .finally(() => deadline.end());
}

function connectWithin(
  signal: CancelSignal,
  target: TransportTarget,
  settings: TcpSettings | undefined,
): Promise<Link> {
  return new Promise((resolve, reject) => {
    const link = (tunnel?: Socket) => {
      try {
        new SocketLink({ target, settings, signal, tunnel, resolve, reject });
      } catch (error) {
        // Node refuses a certificate or a key.
        tunnel?.destroy();
        reject(error);
      }
    };
    const proxy = proxyFor(target, settings);
    if (proxy) openTunnel(proxy, target, settings, signal).then(link).catch(reject);
    else link();
  });
}

/** @throws {Failure} if the environment's is none */
function proxyFor(target: TransportTarget, settings: TcpSettings | undefined): ProxyServer | undefined {
  if (settings?.proxy === false || settings?.net.path !== undefined) return undefined;
  // tls() asks for plain bytes, for a URL that is wss:.
  return settings?.proxy ?? environmentProxy(target, target.secure || isSecure(target.url) ? 'wss' : 'ws');
}

function isSecure(url: unknown): boolean {
  return typeof url === 'string' && url.startsWith('wss:');
}
