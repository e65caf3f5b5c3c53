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
  url.protocol = url.protocol.replace('http', 'ws');
  if (/^wss?:/.test(url.href)) return url.href;
  throw refusedUrl(value, who, "its scheme must be 'ws', 'wss', 'http' or 'https'");
}

/**
 * A relay's URL of any scheme.
 *
 * @throws {TypeError} if it isn't an absolute URL, or has a fragment
 */
export function parseRelayUrl(value: unknown, who: string): URL {
  const text = isUrl(value) ? value.href : value;
  const url = typeof text === 'string' ? parse(text) : undefined;
  // An empty fragment counts too, and `hash` doesn't show it.
  if (url && !url.href.includes('#')) return url;
  throw refusedUrl(value, who, 'it must be an absolute URL without a fragment');
}

export function refusedUrl(value: unknown, who: string, why: string): TypeError {
  return new TypeError(`${who} can't take ${shown(value)} as the relay's URL: ${why}.`);
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text, baseUrl());
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
