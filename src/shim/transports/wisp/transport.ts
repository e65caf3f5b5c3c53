// Wisp v1: many TCP connections over one WebSocket to a relay.

import { baseUrl, URL } from '../../platform/globals.ts';
import { aborted } from '../link-failures.ts';
import { NativeWebSocket } from '../native.ts';
import type { TlsOptions } from '../tls/options.ts';
import { tls } from '../tls/transport.ts';
import type { Transport } from '../types.ts';
import { Carrier } from './carrier.ts';

/** Options of {@link wisp}. */
export interface WispOptions {
  /** The class of the carrier. By default the platform's own `WebSocket`. */
  WebSocket?: typeof globalThis.WebSocket | undefined;
  /** Options of TLS for `wss:` connections. */
  tls?: TlsOptions | undefined;
}

/** The carriers that accept new streams, by class and by the relay's URL. */
const carriers = new WeakMap<typeof globalThis.WebSocket, Map<string, Carrier>>();

/**
 * Connects by TCP through a Wisp v1 relay. All sockets with the same relay and class share one connection to it, the
 * carrier, which closes after the last of them: ten seconds later in a page or a browser's worker, elsewhere at once, so
 * that a process can end.
 *
 * A carrier whose relay doesn't accept streams within ten seconds fails. A carrier on which nothing was received during an
 * unanswered attempt, or in its last five seconds, gets no new sockets: the next attempt opens another carrier.
 *
 * A relay can't be paused (Wisp's flow control has one direction): a connection fails when the page leaves 64 MiB unread.
 *
 * `wss:` connections are encrypted to the host, as by {@link tls}: the relay learns its name and port, and sees ciphertext.
 *
 * @param url the relay's `ws:`, `wss:`, `http:` (becomes `ws:`) or `https:` (becomes `wss:`) URL, with a slash at its end;
 *   in a page or worker relative to its base URL
 * @throws {TypeError} for any other URL, for an invalid option of TLS, and if neither the platform nor the options have a
 *   WebSocket class
 * @see {@link https://github.com/MercuryWorkshop/wisp-protocol/blob/v1/protocol.md | Wisp v1}
 * @example
 * configure({ transport: wisp('wss://relay.example/') });
 */
export function wisp(url: string | URL, options?: WispOptions): Transport {
  const relay = relayUrl(url);
  const WebSocket = options?.WebSocket ?? NativeWebSocket;
  if (!WebSocket)
    throw new TypeError(
      'This platform has no WebSocket class to reach a relay with: pass one as the option WebSocket.',
    );
  if (typeof WebSocket !== 'function') {
    throw new TypeError(`The option 'WebSocket' must be a class, not ${shown(WebSocket)}.`);
  }
  const plain: Transport = ({ hostname, port, signal }) => {
    if (signal.aborted) throw aborted();
    return carrierTo(relay, WebSocket).connect(hostname, port, signal);
  };
  return tls(plain, options?.tls);
}

/** @throws {Failure} if the class's constructor throws */
function carrierTo(relay: string, WebSocket: typeof globalThis.WebSocket): Carrier {
  const ofClass = carriers.get(WebSocket) ?? new Map<string, Carrier>();
  carriers.set(WebSocket, ofClass);
  const known = ofClass.get(relay);
  if (known?.usable) return known;
  const carrier = new Carrier(relay, WebSocket, () => {
    if (ofClass.get(relay) === carrier) ofClass.delete(relay);
  });
  ofClass.set(relay, carrier);
  return carrier;
}

/** The relay's URL, converted as by the constructor of WebSocket (WHATWG WebSockets 3.1). */
function relayUrl(value: unknown): string {
  const text = isUrl(value) ? value.href : value;
  if (typeof text !== 'string') throw refused(value, 'it is neither a string nor a URL');
  const base = baseUrl();
  const url = parse(text, base);
  if (!url) throw refused(value, base === undefined ? "it isn't an absolute URL" : "it isn't a URL");
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw refused(value, "its scheme is none of 'ws', 'wss', 'http' and 'https'");
  }
  // An empty fragment counts too, and `hash` doesn't show it.
  if (url.href.includes('#')) throw refused(value, 'it has a fragment');
  return url.href;
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

function refused(value: unknown, why: string): TypeError {
  return new TypeError(`wisp() can't take ${shown(value)} as the relay's URL: ${why}.`);
}

/** A value in a message. Its own conversions to a string must not run. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (!isObject) return String(value);
  return isUrl(value) ? `'${value.href}'` : Object.prototype.toString.call(value);
}
