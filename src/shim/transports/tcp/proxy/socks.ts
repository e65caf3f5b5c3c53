// The handshake with a SOCKS proxy: version 5 (RFC 1928), with user name and password (RFC 1929).
import { isIPv4, isIPv6 } from 'node:net';
import { TextEncoder } from '../../../platform/globals.ts';
import { addressBytes } from './addresses.ts';
import { proxyFailed, proxyRefused } from './failures.ts';
import type { Destination, Handshake } from './handshake.ts';
import { authorityOf, type Credentials, type ProxyServer } from './server.ts';

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const BY_PASSWORD = 2;
const NO_METHOD = 0xff;
const CONNECT = 1;
/** Types of addresses. */
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

/** What the replies mean (RFC 1928 6). */
const REPLIES: Record<number, string> = {
  1: 'general failure',
  2: 'not allowed by its rules',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'TTL expired',
  7: 'command not supported',
  8: 'address type not supported',
};

/** Asks the proxy to connect to the host, by its name if the destination has one. */
export function* connectBySocks(proxy: ProxyServer, destination: Destination): Handshake {
  const { hostname, port } = destination;
  const place = authorityOf(destination);
  if (new TextEncoder().encode(hostname).length > 255) {
    throw proxyRefused(proxy.name, place, 'SOCKS has no names of more than 255 bytes');
  }
  const methods = proxy.credentials ? [NO_AUTHENTICATION, BY_PASSWORD] : [NO_AUTHENTICATION];
  const [version, method] = yield { send: Uint8Array.of(VERSION, methods.length, ...methods), take: 2 };
  if (version !== VERSION) throw proxyFailed(proxy.name, "it isn't SOCKS version 5");
  if (method === BY_PASSWORD && proxy.credentials) {
    const [, status] = yield { send: passwordOf(proxy.credentials), take: 2 };
    if (status !== 0) throw proxyRefused(proxy.name, place, 'it does not accept the user name and the password');
  } else if (method === NO_METHOD) {
    const reason = proxy.credentials ? 'it accepts no password' : 'it demands authentication';
    throw proxyRefused(proxy.name, place, reason);
  } else if (method !== NO_AUTHENTICATION) {
    throw proxyFailed(proxy.name, 'it chose an authentication that was not offered');
  }
  const request = Uint8Array.of(VERSION, CONNECT, 0, ...addressOf(hostname), port >> 8, port & 0xff);
  // To the first byte of the address.
  const [again, reply, , type, first = 0] = yield { send: request, take: 5 };
  if (again !== VERSION) throw proxyFailed(proxy.name, "it isn't SOCKS version 5");
  if (reply !== 0) {
    const code = reply ?? 0xff;
    const meaning = REPLIES[code];
    throw proxyRefused(proxy.name, place, `reply ${code}${meaning ? ` (${meaning})` : ''}`, { reply: code });
  }
  const length = type === IPV4 ? 4 : type === IPV6 ? 16 : type === NAME ? 1 + first : undefined;
  if (length === undefined) throw proxyFailed(proxy.name, 'it has an address of an unknown type');
  // The rest of the address, and a port.
  yield { take: length - 1 + 2 };
}

function passwordOf({ username, password }: Credentials): Uint8Array {
  const name = new TextEncoder().encode(username);
  const secret = new TextEncoder().encode(password);
  return Uint8Array.of(1, name.length, ...name, secret.length, ...secret);
}

function addressOf(hostname: string): readonly number[] {
  if (isIPv4(hostname)) return [IPV4, ...addressBytes(hostname)];
  if (isIPv6(hostname)) return [IPV6, ...addressBytes(hostname)];
  const name = new TextEncoder().encode(hostname);
  return [NAME, name.length, ...name];
}
