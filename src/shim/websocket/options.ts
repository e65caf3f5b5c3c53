// The constructor's second argument: `(DOMString or sequence<DOMString> or option bag)`, converted as Web IDL has it.

import { Headers } from '../platform/globals.ts';
import { isOverflow } from '../platform/stack-overflow.ts';
import type { Transport } from '../transports/types.ts';
import { type CoreOptions, newOptions } from '../wasm/core.ts';
import { checkTransport, defaultTransport } from './defaults.ts';

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
  /** Requires the server to begin each message with an empty window: less memory, less compression. */
  serverNoContextTakeover?: boolean;
  /** Offers the same for this side. */
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
  core: CoreOptions;
}

/**
 * The realm's origin, which isn't that of its URL in a sandbox and in about:srcdoc; taken before a script's own global
 * variable of that name hides it.
 */
const ORIGIN: string | undefined = globalThis.origin ?? globalThis.location?.origin;

/**
 * Converts the constructor's second argument. Only an object is asked for members: each once, in the order of Web IDL
 * (3.2.17), which is that of {@link MEMBERS}.
 *
 * @internal
 * @throws {TypeError} what can't be converted, or is no value of that option
 */
export function convertOptions(argument: unknown): Converted {
  if (argument === undefined || argument === null) return convert([]);
  if (!isObject(argument)) return convert([['protocols', [`${argument as string}`]]]);
  const protocols = toStrings(argument);
  return convert(protocols ? [['protocols', protocols]] : members(argument, BASE, MEMBERS));
}

/**
 * The same for a WebSocketStream, whose argument is always a dictionary, and whose `protocols` are always a sequence.
 *
 * @internal
 * @throws {TypeError} likewise
 */
export function convertStreamOptions(argument: unknown): Converted {
  if (argument === undefined || argument === null) return convert([]);
  if (!isObject(argument)) throw new TypeError(`The options must be an object, not ${typeof argument}.`);
  return convert(members(argument, STREAM_BASE, MEMBERS));
}

/** A member that is given, by name, and its value. */
type Given = Iterable<readonly [name: string, value: unknown]>;

/** Dictionaries of the standards, whose members come first (`WebSocketStreamOptions` of WHATWG WebSockets). */
const BASE = { protocols: (value: unknown) => toProtocols(value) };
const STREAM_BASE = { protocols: (value: unknown) => toSequence(value), signal: (value: unknown) => toSignal(value) };

const toNumber = (value: unknown) => +(value as number);

/** The other members, in lexicographical order, and how a value is converted before the next one is read. */
const MEMBERS = {
  closeTimeout: toNumber,
  handshakeTimeout: toNumber,
  headers: (value: unknown) => [...new Headers(value as HeadersInit)],
  highWaterMark: toNumber,
  maxFragments: toNumber,
  maxHeaderSize: toNumber,
  maxMessageSize: toNumber,
  maxQueuedPongs: toNumber,
  perMessageDeflate: (value: unknown) => (isObject(value) ? [...members(value, {}, DEFLATE_MEMBERS)] : Boolean(value)),
  signal: (value: unknown) => toSignal(value),
  transport: checkTransport,
  unpairedSurrogates: (value: unknown) => toUnpaired(value),
};

const DEFLATE_MEMBERS = {
  clientMaxWindowBits: toNumber,
  clientNoContextTakeover: Boolean,
  level: toNumber,
  serverMaxWindowBits: toNumber,
  serverNoContextTakeover: Boolean,
  threshold: toNumber,
};

type Conversions = Record<string, (value: unknown) => unknown>;

/** Reads members one after the other; one that is in both lists is the first one's. */
function* members(object: object, base: Conversions, others: Conversions): Given {
  for (const [name, conversion] of Object.entries({ ...base, ...others })) {
    const value = (object as Record<string, unknown>)[name];
    if (value !== undefined) yield [name, conversion(value)];
  }
}

/** Takes members as they are read: what is no value of its option throws before the next one is. */
function convert(given: Given): Converted {
  const core = newOptions();
  const converted: Converted = {
    protocols: [],
    transport: defaultTransport(),
    signal: undefined,
    strictText: false,
    beyondNative: [],
    core,
  };
  try {
    for (const [name, value] of given) setMember(converted, name, value);
    if (ORIGIN && !core.hasHeader('Origin')) core.addHeader('Origin', ORIGIN);
    return converted;
  } catch (error) {
    // Of an overflowed stack nothing is left to call it on: a finalizer does.
    if (!isOverflow(error)) core.free();
    throw error;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what the member's conversion gave
function setMember(converted: Converted, name: string, value: any): void {
  const { beyondNative, core } = converted;
  switch (name) {
    case 'protocols':
    case 'signal':
    case 'transport':
      converted[name] = value as never;
      return;
    case 'unpairedSurrogates':
      converted.strictText = value === 'throw';
      return;
    case 'headers':
      for (const [header, text] of value) core.addHeader(header, text);
      break;
    case 'perMessageDeflate':
      if (value === true) return;
      if (value === false) core.offerNothing();
      else setDeflate(core, new Map(value));
      break;
    default:
      core.setLimit(name, value);
  }
  beyondNative.push(name);
}

function setDeflate(core: CoreOptions, given: Map<string, number | boolean>): void {
  core.setNoContextTakeover(
    given.get('serverNoContextTakeover') === true,
    given.get('clientNoContextTakeover') === true,
  );
  for (const [name, value] of given) if (typeof value === 'number') core.setDeflate(name, value);
}

function toProtocols(value: unknown): string[] {
  return toStrings(value) ?? [`${value as string}`];
}

function toSequence(value: unknown): string[] {
  const strings = toStrings(value);
  if (strings) return strings;
  throw new TypeError("The option 'protocols' must be a sequence of strings.");
}

/** The strings of an iterable object, whose method is asked for once (Web IDL 3.2.21); undefined for anything else. */
function toStrings(value: unknown): string[] | undefined {
  if (!isObject(value)) return undefined;
  const method = (value as Partial<Iterable<unknown>>)[Symbol.iterator];
  if (method === undefined || method === null) return undefined;
  const iterable = { [Symbol.iterator]: () => method.call(value) };
  return Array.from(iterable, (string) => `${string as string}`);
}

function toSignal(value: unknown): AbortSignal {
  // Of any realm, or of the implementation that a test environment has put in its place.
  if (isSignal(value, aborted) || isSignal(value, abortedOf(globalThis.AbortSignal))) return value as AbortSignal;
  throw new TypeError("The option 'signal' must be an AbortSignal.");
}

const aborted = abortedOf(globalThis.AbortSignal);

function abortedOf(Class: typeof AbortSignal | undefined): (() => unknown) | undefined {
  return Class && Object.getOwnPropertyDescriptor(Class.prototype, 'aborted')?.get;
}

/** Whether it has the brand: the accessor of its class takes it. */
function isSignal(value: unknown, accessor: (() => unknown) | undefined): boolean {
  try {
    return typeof accessor?.call(value) === 'boolean';
  } catch (error) {
    if (isOverflow(error)) throw error;
    return false;
  }
}

function toUnpaired(value: unknown): string {
  const text = `${value as string}`;
  if (text === 'replace' || text === 'throw') return text;
  throw new TypeError(`The option 'unpairedSurrogates' must be 'replace' or 'throw', not '${text}'.`);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
