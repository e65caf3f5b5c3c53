// One WebSocket to a relay for each connection: its messages are the bytes.

import { Failure } from '../../failure.ts';
import { type IPAddressSpace, readsOptions, toAddressSpace } from '../address-space.ts';
import { aborted } from '../link-failures.ts';
import { NativeWebSocket } from '../native.ts';
import { shown } from '../relay-url.ts';
import type { TlsOptions } from '../tls/options.ts';
import { tls } from '../tls/transport.ts';
import { named } from '../transport-name.ts';
import type { Link, Transport } from '../types.ts';
import type { CarrierRequest, WebSocketClass } from './carrier.ts';
import { Template } from './template.ts';
import { connectBySocket } from './web-socket-link.ts';
import { connectByStream, NativeWebSocketStream } from './web-socket-stream-link.ts';

/** Options of {@link relay}. */
export interface RelayOptions {
  /** Whether the template may lack placeholders, because the relay knows by itself what to connect to. */
  fixed?: boolean | undefined;
  /** The subprotocols to offer to the relay, such as `'binary'`. By default none. */
  protocols?: string | Iterable<string> | undefined;
  /** The relay's address space, for sockets without the option of that name. */
  targetAddressSpace?: IPAddressSpace | undefined;
  /** Options of TLS for `wss:` connections. */
  tls?: TlsOptions | undefined;
  /** The class of the connections to the relay. By default the platform's `WebSocketStream` if it has one, or `WebSocket`. */
  WebSocket?: typeof globalThis.WebSocket | undefined;
}

/** A subprotocol (RFC 6455 4.1, RFC 9110 5.6.2). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** An attempt to connect to a relay: its URL for the target, and the templates that led to that, its own included. */
interface Attempt {
  readonly url: string;
  readonly templates: readonly string[];
}

/** The attempts of all relays: a class may connect by another relay to what one of them asks for, and so on. */
const attempts = new Set<Attempt>();

/**
 * Connects by TCP through a relay to which each connection has a WebSocket of its own: websockify, wsproxy, a Worker.
 *
 * Where the platform has its own `WebSocketStream` (Chromium), a page that doesn't read makes the relay and the server
 * wait. Elsewhere a connection fails when the page leaves 64 MiB unread.
 *
 * `wss:` connections are encrypted to the host, as by {@link tls}: the relay learns its name and port, and sees ciphertext.
 *
 * @param template the relay's `ws:`, `wss:`, `http:` (becomes `ws:`) or `https:` (becomes `wss:`) URL, with `{hostname}` and
 *   `{port}` in its path or query: `'wss://relay.example/?address={hostname}:{port}'`; in a page or worker relative to its
 *   base URL. An IPv6 address is put there in brackets, and everything is percent-encoded
 * @throws {TypeError} for any other URL, for a template without these placeholders (unless `fixed` is set) or with others,
 *   for an invalid option, and if neither the platform nor the options have a WebSocket class
 * @example
 * configure({ transport: relay('wss://relay.example/{hostname}:{port}') });
 * configure({ transport: relay('wss://relay.example/websockify', { fixed: true, protocols: 'binary' }) });
 */
export function relay(template: string | URL, options?: RelayOptions): Transport {
  const { fixed, protocols, targetAddressSpace: space, tls: tlsOptions, WebSocket } = options ?? {};
  const parsed = new Template(template, Boolean(fixed));
  const defaultSpace = toAddressSpace(space);
  const connect = connector(WebSocket);
  const offered = protocolsOf(protocols);
  const plain: Transport = async ({ hostname, port, url: targetUrl, targetAddressSpace = defaultSpace, signal }) => {
    if (signal.aborted) throw aborted();
    const outer = [...attempts].filter(({ url }) => url === targetUrl).flatMap(({ templates }) => templates);
    if (outer.includes(parsed.href)) {
      throw new Failure('relay-unreachable', `The relay ${parsed.relay} would be reached through itself.`);
    }
    const url = parsed.expand(hostname, port);
    const attempt = { url, templates: [...outer, parsed.href] };
    attempts.add(attempt);
    try {
      return await connect({ url, relay: parsed.relay, protocols: offered, targetAddressSpace, signal });
    } finally {
      attempts.delete(attempt);
    }
  };
  return tls(named(plain, 'relay'), tlsOptions);
}

type Connect = (request: CarrierRequest) => Promise<Link>;

/** How to connect by a class, or by the platform's own. */
function connector(WebSocket: WebSocketClass | undefined): Connect {
  const Class = WebSocket ?? NativeWebSocket;
  const bySocket: Connect = (request) => connectBySocket(Class as WebSocketClass, request);
  if (WebSocket === undefined && NativeWebSocketStream) {
    const Stream = NativeWebSocketStream;
    return (request) => {
      // Chromium's WebSocketStream doesn't read the option that its WebSocket has.
      const needsOptions = request.targetAddressSpace && Class && readsOptions(Class);
      return needsOptions ? bySocket(request) : connectByStream(Stream, request);
    };
  }
  if (!Class)
    throw new TypeError(
      'This platform has no WebSocket class to reach a relay with: pass one as the option WebSocket.',
    );
  if (typeof Class !== 'function') throw new TypeError(`The option 'WebSocket' must be a class, not ${shown(Class)}.`);
  return bySocket;
}

/** @throws {TypeError} for anything but a subprotocol or an iterable of them */
function protocolsOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const isList = typeof value === 'object' && value !== null && Symbol.iterator in value;
  const protocols = isList ? [...(value as Iterable<unknown>)] : [value];
  for (const protocol of protocols) {
    if (typeof protocol !== 'string' || !TOKEN.test(protocol)) {
      throw new TypeError(`The option 'protocols' can't have ${shown(protocol)}, which isn't a subprotocol.`);
    }
  }
  return protocols as string[];
}
