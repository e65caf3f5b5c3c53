// The URL of a relay that a page gave.

import { baseUrl, URL } from '../platform/globals.ts';

/**
 * A relay's `ws:` or `wss:` URL, converted as by the constructor of WebSocket (WHATWG WebSockets 3.1).
 *
 * @param who what takes the URL, for messages
 * @param name names the value in messages
 * @throws {TypeError} if it can't be converted
 */
export function relayUrl(value: unknown, who: string, name?: string): string {
  const url = parseRelayUrl(value, who, name);
  url.protocol = url.protocol.replace('http', 'ws');
  if (/^wss?:/.test(url.href)) return url.href;
  throw refusedUrl(value, who, "its scheme must be 'ws', 'wss', 'http' or 'https'", name);
}

/**
 * A relay's URL of any scheme.
 *
 * @param who what takes the URL, for messages
 * @param name names the value in messages
 * @throws {TypeError} if it isn't an absolute URL, or has a fragment
 */
export function parseRelayUrl(value: unknown, who: string, name?: string): URL {
  const text = isUrl(value) ? value.href : value;
  const url = typeof text === 'string' ? parse(text) : undefined;
  // An empty fragment counts too, and `hash` doesn't show it.
  if (url && !url.href.includes('#')) return url;
  throw refusedUrl(value, who, 'it must be an absolute URL without a fragment', name);
}

export function refusedUrl(value: unknown, who: string, why: string, name = shown(value)): TypeError {
  return new TypeError(`${who} can't take ${name} as the relay's URL: ${why}.`);
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text, baseUrl() || undefined);
  } catch {
    return undefined;
  }
}

/** Whether a value is a URL of any realm. */
function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === '[object URL]';
}

/** A value in a message, a URL without its credentials. Its own conversions to a string must not run. */
export function shown(value: unknown): string {
  const text = isUrl(value) ? value.href : value;
  if (typeof text === 'string') return `'${text.replace(/([:/]).*@/s, '$1…@')}'`;
  return Object(value) === value ? Object.prototype.toString.call(value) : String(value);
}
