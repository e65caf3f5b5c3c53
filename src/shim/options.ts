// The constructor's second argument: `(DOMString or sequence<DOMString> or option bag)`, converted as Web IDL has it.
import { checkTransport, defaultTransport } from './configure.ts';
import { newOptions, type Options } from './core.ts';
import type { Transport } from './transports/types.ts';

/** Headers by name. (`HeadersInit`, a name that Node's types lack.) */
export type HeadersInput = Headers | Record<string, string> | Iterable<readonly [string, string]>;

/** Options of a WebSocket. */
export interface WebSocketOptions {
  /** Subprotocols, the preferred one first. */
  protocols?: string | Iterable<string>;
  /** What carries the bytes. By default what {@link configure} set: in Node `tcp`, elsewhere `native`. */
  transport?: Transport;
  /** Headers for the opening handshake's request; those that the protocol owns are refused. Not with `native`. */
  headers?: HeadersInput;
  /**
   * Compression by permessage-deflate (RFC 7692): offered, not offered, or offered like that. `true` by default. With
   * `native` the browser decides, and only `true` can be given. Over bytes a page loads the codec while it connects; where
   * that can't be had, nothing is offered.
   */
  perMessageDeflate?: boolean | PerMessageDeflateOptions;
  /**
   * The most bytes of payload in one message, decompressed; a larger one fails the connection with 1009. 256 MiB by
   * default. Not with `native`, and neither are the limits below.
   */
  maxMessageSize?: number;
  /** The most fragments of one message; more fail the connection with 1008. 1,048,576 by default. */
  maxFragments?: number;
  /** The most bytes of the handshake's response, status line and headers together. 65,536 by default. */
  maxHeaderSize?: number;
  /** The most pings that wait for their answer; of more the latest are answered. 64 by default. */
  maxQueuedPongs?: number;
  /**
   * How many received bytes may wait for their events' dispatch before the transport is asked to pause, and no more is
   * decompressed. 1 MiB by default.
   */
  highWaterMark?: number;
  /** How long connecting and the opening handshake may take together, in milliseconds. 60,000 by default. */
  handshakeTimeout?: number;
  /** How long the server may take to answer a Close frame, in milliseconds. 10,000 by default. */
  closeTimeout?: number;
  /**
   * What `send()` and `close()` do with a lone surrogate: `"replace"` puts U+FFFD in its place, as the standard has it,
   * `"throw"` throws a `SyntaxError`, as the interface did before 2012. `"replace"` by default.
   */
  unpairedSurrogates?: 'replace' | 'throw';
  /** Gives up connecting when it aborts. It has no effect once the connection is open. */
  signal?: AbortSignal;
}

/** How compression is offered, and done. */
export interface PerMessageDeflateOptions {
  /** Demands that the server begins each message with an empty window: less memory, less compression. */
  serverNoContextTakeover?: boolean;
  /** Promises the same of this side. */
  clientNoContextTakeover?: boolean;
  /** The largest window that the server may use, as the logarithm of its bytes: 8 to 15. By default the server decides. */
  serverMaxWindowBits?: number;
  /** The largest window that this side uses: 8 to 15, and less where the server asks for less. 15 by default. */
  clientMaxWindowBits?: number;
  /** How hard this side tries: from 0 (sends nothing compressed) to 9 (slowest). 6 by default. */
  level?: number;
  /** Messages of fewer bytes are sent as they are. 1,024 by default. */
  threshold?: number;
}

/** The options that are limits: numbers of at least 1. */
const LIMITS = [
  'closeTimeout',
  'handshakeTimeout',
  'highWaterMark',
  'maxFragments',
  'maxHeaderSize',
  'maxMessageSize',
  'maxQueuedPongs',
] as const;

/**
 * The second argument, converted.
 *
 * @internal
 */
export interface Converted {
  protocols: string[];
  transport: Transport;
  signal: AbortSignal | undefined;
  /** Whether lone surrogates throw. */
  strictText: boolean;
  /** The options that only a byte stream can honour, by name. */
  beyondNative: string[];
  /** The core's options; it takes them over. */
  core: Options;
}

/**
 * The realm's origin, which isn't that of its URL in a sandbox and in about:srcdoc; taken before a script's own global
 * variable of that name hides it.
 */
const ORIGIN: string | undefined = globalThis.origin ?? globalThis.location?.origin;

/**
 * Converts the constructor's second argument.
 *
 * @internal
 * @throws {TypeError} what can't be converted, or is no value of that option
 */
export function convertOptions(argument: unknown): Converted {
  const bag = toBag(argument);
  const { headers, perMessageDeflate, protocols, signal, transport } = bag;
  const unpaired = `${bag.unpairedSurrogates ?? 'replace'}`;
  const beyondNative: string[] = [];
  const core = newOptions();
  try {
    for (const name of LIMITS) {
      const limit = bag[name];
      if (limit === undefined) continue;
      core.setLimit(name, +limit);
      beyondNative.push(name);
    }
    if (headers !== undefined) beyondNative.push('headers');
    if (perMessageDeflate !== undefined && perMessageDeflate !== true) {
      beyondNative.push('perMessageDeflate');
      convertDeflate(perMessageDeflate, core);
    }
    for (const [name, value] of new Headers(headers as HeadersInit)) core.addHeader(name, value);
    if (ORIGIN && !core.hasHeader('Origin')) core.addHeader('Origin', ORIGIN);
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new TypeError("The option 'signal' must be an AbortSignal.");
    }
    if (unpaired !== 'replace' && unpaired !== 'throw') {
      throw new TypeError(`The option 'unpairedSurrogates' must be 'replace' or 'throw', not '${unpaired}'.`);
    }
    return {
      protocols: toProtocols(protocols),
      transport: transport === undefined ? defaultTransport() : checkTransport(transport),
      signal,
      strictText: unpaired === 'throw',
      beyondNative,
      core,
    };
  } catch (error) {
    core.free();
    throw error;
  }
}

function convertDeflate(deflate: boolean | PerMessageDeflateOptions, core: Options): void {
  if (!isObject(deflate)) {
    if (!deflate) core.offerNothing();
    return;
  }
  core.setNoContextTakeover(Boolean(deflate.serverNoContextTakeover), Boolean(deflate.clientNoContextTakeover));
  for (const name of ['serverMaxWindowBits', 'clientMaxWindowBits', 'level', 'threshold'] as const) {
    const number = deflate[name];
    if (number !== undefined) core.setDeflate(name, +number);
  }
}

function toBag(argument: unknown): WebSocketOptions {
  if (argument === undefined || argument === null) return {};
  if (!isObject(argument)) return { protocols: `${argument as string}` };
  if (isIterable(argument)) return { protocols: argument as Iterable<string> };
  return argument as WebSocketOptions;
}

function toProtocols(protocols: unknown): string[] {
  if (protocols === undefined) return [];
  if (isObject(protocols) && isIterable(protocols)) {
    return Array.from(protocols as Iterable<unknown>, (protocol) => `${protocol as string}`);
  }
  return [`${protocols as string}`];
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function isIterable(value: object): boolean {
  const method = (value as Partial<Iterable<unknown>>)[Symbol.iterator];
  return method !== undefined && method !== null;
}
