// webTransport(): TCP connections through a relay over HTTP/3, a stream for each.

import { aborted } from '../link-failures.ts';
import { parseRelayUrl, refusedUrl, shown } from '../relay-url.ts';
import { tls } from '../tls/transport.ts';
import { named } from '../transport-name.ts';
import type { Transport } from '../types.ts';
import { convertSessionOptions, type SessionOptions, type WebTransportRelayOptions } from './options.ts';
import { Session } from './session.ts';
import type { WebTransportClass } from './types.ts';

/** The platform's class, as it is before a script replaces it. */
const NativeWebTransport = (globalThis as { WebTransport?: WebTransportClass }).WebTransport;

/** The sessions that accept new sockets, by class, and by the relay's URL and the options. */
const sessions = new WeakMap<WebTransportClass, Map<string, Session>>();

const WHO = 'webTransport()';

/**
 * Connects by TCP through a WebTransport relay, a server of the protocol in docs/webtransport-relay.md. Each socket is a
 * stream of its own: it is paused alone, it waits for no lost packet of another one, and each of its directions ends alone.
 *
 * All sockets with the same URL, class and options share one session. It is opened for the first one, and closed ten seconds
 * after the last one. A session that isn't open within ten seconds fails. One that broke, that the relay is about to close,
 * or on which nothing was received during an unanswered attempt, gets no new sockets: the next attempt opens another.
 *
 * `wss:` connections are encrypted to the host, as by {@link tls}: the relay learns its name and port, and sees ciphertext.
 *
 * @param url the relay's `https:` URL; in a page or worker relative to its base URL
 * @throws {TypeError} for any other URL, for an invalid option, and if neither the platform nor the options have a
 *   WebTransport class
 * @see {@link https://www.w3.org/TR/webtransport/ | W3C WebTransport}
 * @example
 * configure({ transport: webTransport('https://relay.example/') });
 */
export function webTransport(url: string | URL, options: WebTransportRelayOptions = {}): Transport {
  const parsed = parseRelayUrl(url, WHO);
  if (parsed.protocol !== 'https:') throw refusedUrl(url, WHO, "its scheme isn't 'https'");
  const { href } = parsed;
  const WebTransport = options.WebTransport ?? NativeWebTransport;
  if (!WebTransport) {
    throw new TypeError('This platform has no WebTransport class: pass one as the option WebTransport, or use wisp().');
  }
  if (typeof WebTransport !== 'function') {
    throw new TypeError(`The option 'WebTransport' must be a class, not ${shown(WebTransport)}.`);
  }
  const settings = convertSessionOptions(options);
  const plain: Transport = ({ hostname, port, signal }) => {
    if (signal.aborted) throw aborted();
    return sessionTo(href, WebTransport, settings).connect(hostname, port, signal);
  };
  return tls(named(plain, 'webTransport'), options.tls);
}

/** @throws {Failure} if the class's constructor throws */
function sessionTo(url: string, WebTransport: WebTransportClass, options: SessionOptions): Session {
  const ofClass = sessions.get(WebTransport) ?? new Map<string, Session>();
  sessions.set(WebTransport, ofClass);
  const key = `${url} ${options.key}`;
  const known = ofClass.get(key);
  if (known) return known;
  const session = new Session(url, WebTransport, options, () => {
    if (ofClass.get(key) === session) ofClass.delete(key);
  });
  ofClass.set(key, session);
  return session;
}
