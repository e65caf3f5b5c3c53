// The handshake with an HTTP proxy: CONNECT (RFC 9110 9.3.6), with Basic authentication (RFC 7617).

import { TextDecoder, TextEncoder } from '../../../platform/globals.ts';
import { proxyFailed, proxyRefused } from './failures.ts';
import { type Destination, type Handshake, MAX_HEADER } from './handshake.ts';
import { authorityOf, type Credentials, type ProxyServer } from './server.ts';

/** How many responses with a status of 1xx may come before the final one. */
const MAX_INFORMATIONAL = 16;

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?\r?\n/;

/** Asks the proxy to connect to the host. */
export function* connectByHttp(proxy: ProxyServer, destination: Destination): Handshake {
  const authority = authorityOf(destination);
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (proxy.credentials) lines.push(`Proxy-Authorization: Basic ${basic(proxy.credentials)}`);
  let send: Uint8Array | undefined = new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
  for (let responses = 0; responses <= MAX_INFORMATIONAL; responses += 1) {
    const header = new TextDecoder('latin1').decode(yield { ...(send && { send }), take: 'header' });
    send = undefined;
    const [, digits, reason = ''] = STATUS_LINE.exec(header) ?? [];
    if (digits === undefined) throw proxyFailed(proxy.name, "it isn't HTTP/1.1");
    if (header.length > MAX_HEADER) throw proxyFailed(proxy.name, `its header is larger than ${MAX_HEADER} bytes`);
    const status = Number(digits);
    // A response to CONNECT with 2xx has no content, whatever its header says.
    if (status >= 200 && status < 300) return;
    if (status >= 200 || status === 101) {
      throw proxyRefused(proxy.name, authority, `status ${status} ${printable(reason)}`.trimEnd(), { status });
    }
  }
  throw proxyFailed(proxy.name, 'it has too many informational responses');
}

function basic({ username, password }: Credentials): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(`${username}:${password}`)));
}

/** A reason phrase in a message. */
function printable(reason: string): string {
  return reason.replace(/[^ -~]/g, '?').slice(0, 100);
}
