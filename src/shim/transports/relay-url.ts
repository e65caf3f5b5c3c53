// The URL of a relay that a page gave.

import { baseUrl, URL } from '../platform/globals.ts';

/**
 * A relay's `ws:` or `wss:` URL, converted as by the constructor of WebSocket (WHATWG WebSockets 3.1).
 *
 * @param who what takes the URL, for messages
 * @throws {TypeError} if it can't be converted
 */
export function relayUrl(value: unknown, who: string): string {
  const url = parseRelayUrl(value, who);
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw refusedUrl(value, who, "its scheme is none of 'ws', 'wss', 'http' and 'https'");
  }
  return url.href;
}

/**
 * A relay's URL of any scheme.
 *
 * @throws {TypeError} if it isn't an absolute URL, or has a fragment
 */
export function parseRelayUrl(value: unknown, who: string): URL {
  const text = isUrl(value) ? value.href : value;
  if (typeof text !== 'string') throw refusedUrl(value, who, 'it is neither a string nor a URL');
  const base = baseUrl();
  const url = parse(text, base);
  if (!url) throw refusedUrl(value, who, base === undefined ? "it isn't an absolute URL" : "it isn't a URL");
  // An empty fragment counts too, and `hash` doesn't show it.
  if (url.href.includes('#')) throw refusedUrl(value, who, 'it has a fragment');
  return url;
}

export function refusedUrl(value: unknown, who: string, why: string): TypeError {
  return new TypeError(`${who} can't take ${shown(value)} as the relay's URL: ${why}.`);
}

function parse(text: string, base: string | undefined): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** Whether a value is a URL of any realm. */
function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === '[object URL]';
}

/** A value in a message. Its own conversions to a string must not run. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (!isObject) return String(value);
  return isUrl(value) ? `'${value.href}'` : Object.prototype.toString.call(value);
}
