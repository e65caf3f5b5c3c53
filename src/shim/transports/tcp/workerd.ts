// Cloudflare's sockets (`connect()` of `cloudflare:sockets`).
import { connect } from 'cloudflare:sockets';
import { Failure, messageOf } from '../../failure.ts';
import { clearTimeout, setTimeout } from '../../platform/globals.ts';
import { aborted } from '../link-failures.ts';
import type { TlsOptions } from '../tls/options.ts';
import { tls } from '../tls/transport.ts';
import { takeTls } from '../tls-registry.ts';
import { named } from '../transport-name.ts';
import type { ByteStream, Transport, TransportTarget } from '../types.ts';
import { convertTimeout, refused, shown } from './conversions.ts';

/** Options of {@link tcp}: of Node's, those that Cloudflare's sockets can honour. */
export interface TcpOptions {
  /** A target has it, options don't. */
  hostname?: undefined;
  /** No proxy: there is never one here. */
  proxy?: false | undefined;
  /** How long connecting may take, in milliseconds. No limit by default. */
  timeout?: number | undefined;
}

/**
 * Connects by TCP, and for `wss:` by the platform's TLS; in Cloudflare's workerd, the default. A WebSocket with the option
 * `tls` is encrypted as by {@link tls} instead.
 *
 * @see {@link https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/ | Cloudflare's sockets}
 */
export function tcp(target: TransportTarget): Promise<ByteStream>;
/**
 * Makes a transport with options.
 *
 * @param options an object with `hostname` is a target, and options are without
 * @throws {TypeError} for an option that these sockets can't honour, and for an invalid value
 */
export function tcp(options?: TcpOptions): Transport;
export function tcp(argument: TransportTarget | TcpOptions = {}): Promise<ByteStream> | Transport {
  return isTarget(argument) ? connectTo(argument, undefined) : withOptions(argument);
}

named(tcp as Transport, 'tcp');
takeTls(tcp, (options) => tls(tcp, options as TlsOptions));

function isTarget(argument: TransportTarget | TcpOptions): argument is TransportTarget {
  return Object(argument).hostname !== undefined;
}

function withOptions(options: TcpOptions): Transport {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`tcp() takes a target or an object of options, not ${shown(options)}.`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || name === 'timeout' || (name === 'proxy' && value === false)) continue;
    throw refused(name, "can't be honoured by Cloudflare's sockets");
  }
  const timeout = options.timeout === undefined ? undefined : convertTimeout(options.timeout);
  const transport: Transport = named((target) => connectTo(target, timeout), 'tcp');
  takeTls(transport, (more) => tls(transport, more as TlsOptions));
  return transport;
}

async function connectTo(
  { hostname, port, secure, signal }: TransportTarget,
  timeout: number | undefined,
): Promise<ByteStream> {
  const socket = connect({ hostname, port }, { secureTransport: secure ? 'on' : 'off' });
  const close = () => void socket.close().catch(() => {});
  let late = false;
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          close();
        }, timeout);
  signal.addEventListener('abort', close);
  if (signal.aborted) close();
  try {
    await socket.opened;
  } catch (error) {
    if (signal.aborted) throw aborted({ cause: error });
    const [code, reason] = late ? ['connect-timeout', 'the host did not answer'] : ['connect-failed', messageOf(error)];
    throw new Failure(code, `can't connect to ${hostname}:${port}: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', close);
  }
  const { readable, writable } = socket;
  return { readable, writable, secure };
}
