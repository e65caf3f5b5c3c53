// Cloudflare's sockets (`connect()` of `cloudflare:sockets`).
import { connect } from 'cloudflare:sockets';
import { Failure, messageOf } from '../../failure.ts';
import { aborted } from '../link-failures.ts';
import type { TlsOptions } from '../tls/options.ts';
import { tls } from '../tls/transport.ts';
import { takeTls } from '../tls-registry.ts';
import type { ByteStream, TransportTarget } from '../types.ts';

/**
 * Connects by TCP, and for `wss:` by the platform's TLS; in Cloudflare's workerd, the default. A WebSocket with the option
 * `tls` is encrypted as by {@link tls} instead.
 *
 * @see {@link https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/ | Cloudflare's sockets}
 */
export async function tcp({ hostname, port, secure, signal }: TransportTarget): Promise<ByteStream> {
  const socket = connect({ hostname, port }, { secureTransport: secure ? 'on' : 'off' });
  const abort = () => void socket.close().catch(() => {});
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    await socket.opened;
  } catch (error) {
    if (signal.aborted) throw aborted({ cause: error });
    throw new Failure('connect-failed', `can't connect to ${hostname}:${port}: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', abort);
  }
  const { readable, writable } = socket;
  return { readable, writable, secure };
}

takeTls(tcp, (options) => tls(tcp, options as TlsOptions));
