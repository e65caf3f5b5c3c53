// A proxy server, as the option `proxy` or the environment names it.
import { isIPv6 } from 'node:net';
import { TextEncoder, URL } from '../../../platform/globals.ts';
import type { Destination } from './handshake.ts';

/** A name and a password. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A proxy. */
export interface ProxyServer extends Destination {
  readonly protocol: 'http:' | 'https:' | 'socks5:' | 'socks5h:';
  /** For messages: its URL without credentials. */
  readonly name: string;
  readonly credentials: Credentials | undefined;
  /** Options of `tls.connect()`, for `https:`. */
  readonly tls: object;
}

const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443, 'socks5:': 1080, 'socks5h:': 1080 };

/**
 * Parses a proxy's URL. Its path is ignored, as others do.
 *
 * @param refuse makes the exception, of a reason without the value: that may have a password
 */
export function parseProxy(value: string, refuse: (why: string) => Error, tls: object = {}): ProxyServer {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url) throw refuse("it isn't a URL");
  const port = DEFAULT_PORTS[url.protocol];
  if (port === undefined) {
    // Without slashes, what stands in front of the colon may be a user's name.
    const found = value.includes('://') ? `, not '${url.protocol.slice(0, -1)}'` : '';
    throw refuse(`its scheme must be 'http', 'https', 'socks5' or 'socks5h'${found}`);
  }
  const hostname = hostOf(url.hostname);
  if (!hostname) throw refuse('it has no valid host');
  const destination = { hostname, port: url.port === '' ? port : Number(url.port) };
  return {
    ...destination,
    protocol: url.protocol as ProxyServer['protocol'],
    name: `${url.protocol}//${authorityOf(destination)}`,
    credentials: credentialsOf(url, refuse),
    tls,
  };
}

/** A host of a URL, without brackets. Only the schemes that the URL standard knows have theirs parsed. */
function hostOf(text: string): string | undefined {
  if (text === '' || !URL.canParse(`http://${text}/`)) return undefined;
  const { hostname } = new URL(`http://${text}/`);
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** A user name without a colon (RFC 7617 2), and no part that SOCKS can't carry (RFC 1929 2), or a header. */
function credentialsOf({ protocol, username, password }: URL, refuse: (why: string) => Error): Credentials | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = { username: decoded(username, refuse), password: decoded(password, refuse) };
  for (const part of Object.values(credentials)) {
    if (/\p{Cc}/u.test(part)) throw refuse('its user info has a control character');
    if (!protocol.startsWith('socks')) continue;
    const { length } = new TextEncoder().encode(part);
    if (length === 0 || length > 255) throw refuse('a user name and a password for SOCKS have 1 to 255 bytes');
  }
  if (credentials.username.includes(':')) throw refuse('its user name has a colon');
  return credentials;
}

function decoded(text: string, refuse: (why: string) => Error): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse("its user info isn't percent-encoded UTF-8");
  }
}

/** A host and a port, as in a URL. */
export function authorityOf({ hostname, port }: Destination): string {
  return `${isIPv6(hostname) ? `[${hostname}]` : hostname}:${port}`;
}
