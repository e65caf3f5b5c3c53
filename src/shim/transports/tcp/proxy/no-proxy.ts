// The rules of NO_PROXY. No standard has them: these are the ones of Deno, Bun and undici together.
import { isIP } from 'node:net';
import { addressBytes, haveCommonPrefix } from './addresses.ts';
import type { Destination } from './handshake.ts';

/** An entry that may have a port: a name, an IPv4 address or network, or an IPv6 one in brackets. */
const ENTRY = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/;

/**
 * Whether a host is connected to without the proxy.
 *
 * @param list entries with commas or spaces between them: `*` for every host; a name, for itself and for all names below,
 *   with or without `.` or `*.` in front; an address, or a network as `10.0.0.0/8`. Behind each a port may be
 */
export function isExcepted(destination: Destination, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry === '*' || matches(destination, entry));
}

/** A prefix's length in bits; anything else, a netmask for instance, is longer than each. */
function lengthOf(bits: string): number {
  return /^\d+$/.test(bits) ? Number(bits) : Number.POSITIVE_INFINITY;
}

function matches({ hostname, port }: Destination, entry: string): boolean {
  const [, bracketed, plain, digits] = ENTRY.exec(entry) ?? [];
  if (digits !== undefined && Number(digits) !== port) return false;
  const text = bracketed ?? plain ?? entry;
  const [network = '', bits] = text.split('/');
  if (isIP(network)) {
    const bytes = addressBytes(network);
    const length = bits === undefined ? 8 * bytes.length : lengthOf(bits);
    return length <= 8 * bytes.length && haveCommonPrefix(bytes, addressBytes(hostname), length);
  }
  const domain = text.replace(/^\*?\./, '').replace(/\.$/, '');
  const host = hostname.toLowerCase().replace(/\.$/, '');
  return domain !== '' && (host === domain || (!isIP(host) && host.endsWith(`.${domain}`)));
}
