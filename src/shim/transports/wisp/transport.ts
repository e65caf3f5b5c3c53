// Wisp v1: many TCP connections over one WebSocket to a relay.

import { aborted } from '../link-failures.ts';
import { NativeWebSocket } from '../native.ts';
import { relayUrl, shown } from '../relay-url.ts';
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
  const relay = relayUrl(url, 'wisp()');
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
