// Wisp: many TCP connections over one WebSocket to a relay.

import { type IPAddressSpace, toAddressSpace } from '../address-space.ts';
import { NativeWebSocket } from '../native.ts';
import { relayUrl, shown } from '../relay-url.ts';
import type { TlsOptions } from '../tls/options.ts';
import { tls } from '../tls/transport.ts';
import { named } from '../transport-name.ts';
import type { Transport } from '../types.ts';
import { connect } from './carriers.ts';
import type { WispExtensions } from './extensions.ts';
import { type CarrierSettings, relayOf } from './settings.ts';

/** A relay's URL, or a function that is called for it before each carrier. */
export type WispUrl = string | URL | (() => string | URL | PromiseLike<string | URL>);

/** Options of {@link wisp}. */
export interface WispOptions {
  /** The class of the carrier. By default the platform's own `WebSocket`. */
  WebSocket?: typeof globalThis.WebSocket | undefined;
  /** The relay's address space, for sockets without the option of that name. */
  targetAddressSpace?: IPAddressSpace | undefined;
  /** Options of TLS for `wss:` connections. */
  tls?: TlsOptions | undefined;
  /** What a relay that speaks Wisp v2 asks for, and its message of the day: see `wispExtensions()`. */
  extensions?: WispExtensions | undefined;
}

/**
 * Connects by TCP through a Wisp relay: v2, or v1 if the relay speaks only that. Sockets with the same relay, class, credentials
 * and address space share one connection to it, the carrier, which closes after the last of them: ten seconds later in a
 * page or a browser's worker, elsewhere at once, so that a process can end. Where the URL is a function, only the sockets of
 * this transport do.
 *
 * A carrier whose relay doesn't accept streams within ten seconds fails. A carrier that may be dead gets no new sockets:
 * the next attempt opens another carrier. That is one on which nothing was received while something went unanswered, or
 * since the network or the page came back.
 *
 * A relay can't be paused (Wisp's flow control has one direction): a connection fails when the page leaves 64 MiB unread.
 *
 * `wss:` connections are encrypted to the host, as by {@link tls}: the relay learns its name and port, and sees ciphertext.
 *
 * @param url the relay's `ws:`, `wss:`, `http:` (becomes `ws:`) or `https:` (becomes `wss:`) URL, with a slash at its end;
 *   in a page or worker relative to its base URL. Or a function, called before each connection to the relay, that returns
 *   it or a promise of it: with a new token, or of one of several relays
 * @throws {TypeError} for any other URL, for an invalid option, and if neither the platform nor the options have a
 *   WebSocket class
 * @see {@link https://github.com/MercuryWorkshop/wisp-protocol | Wisp}
 * @example
 * configure({ transport: wisp('wss://relay.example/') });
 */
export function wisp(url: WispUrl, options?: WispOptions): Transport {
  const settings = convert(url, options);
  return tls(
    named((target) => connect(settings, target), 'wisp'),
    options?.tls,
  );
}

function convert(url: unknown, options?: WispOptions): CarrierSettings {
  const converted = typeof url === 'function' ? (url as () => unknown) : relayUrl(url, 'wisp()');
  const WebSocket = options?.WebSocket ?? NativeWebSocket;
  if (typeof WebSocket !== 'function') throw refused('WebSocket', WebSocket);
  const extensions = options?.extensions;
  if (extensions && !extensions.answer) throw refused('extensions', extensions);
  const targetAddressSpace = toAddressSpace(options?.targetAddressSpace);
  return {
    url: converted,
    WebSocket,
    extensions,
    targetAddressSpace,
    relay: typeof converted === 'string' ? relayOf(converted) : '',
  };
}

function refused(name: string, value: unknown): TypeError {
  return new TypeError(`wisp() can't take ${shown(value)} as the option '${name}'.`);
}
