// The constructor's second argument: `(DOMString or sequence<DOMString> or option bag)`, converted by the rules of Web
// IDL.

import type { ConnectOptions } from '../channel/connect.ts';
import { headersClass } from '../platform/globals.ts';
import { isOverflow } from '../platform/stack-overflow.ts';
import { type IPAddressSpace, toAddressSpace } from '../transports/address-space.ts';
import { native } from '../transports/native.ts';
import type { TlsOptions } from '../transports/tls/options.ts';
import { withTls } from '../transports/tls-registry.ts';
import type { Transport } from '../transports/types.ts';
import { type CoreOptions, setNumber } from './core-options.ts';
import { checkMaxConnecting, checkTransport, defaults } from './defaults.ts';
import { enumeration } from './enumeration.ts';

/** Headers by name: `HeadersInit`, a name that Node's types lack. */
export type HeadersInput = Headers | Record<string, string> | Iterable<readonly [string, string]>;

/** Options of a WebSocket: the constructor's second argument. `protocols` and `targetAddressSpace` are the standard's. */
export interface WebSocketInit {
  /** Subprotocols, the preferred one first. */
  protocols?: string | Iterable<string>;
  /**
   * The address space of what the browser connects to, for its Local Network Access: the server over `native`, the relay over
   * `wisp()` and `relay()`. A connection to another one fails. It has no effect where the class that connects has no such
   * option, nor over other transports; one of your own has it in its {@link TransportTarget}.
   */
  targetAddressSpace?: IPAddressSpace;
  /** Connects to the server. The default is set by {@link configure}: `tcp` in Node, `native` elsewhere. */
  transport?: Transport;
  /** Headers for the opening handshake's request, except those reserved by the protocol. Not with `native`. */
  headers?: HeadersInput;
  /**
   * Compression by permessage-deflate (RFC 7692): whether it is offered, or the parameters of the offer. `true` by default.
   * With `native` the browser decides, and only `true` is accepted. Over a byte-stream transport a page loads the codec while
   * it connects; if it can't be loaded, compression isn't offered.
   */
  perMessageDeflate?: boolean | PerMessageDeflateOptions;
  /**
   * The maximum size of a message in bytes, decompressed; a larger one fails the connection with 1009. 256 MiB by default.
   * Neither this limit nor those below are available with `native`.
   */
  maxMessageSize?: number;
  /** The maximum number of fragments of one message; more fail the connection with 1008. 1,048,576 by default. */
  maxFragments?: number;
  /** The maximum size of the handshake's response in bytes, status line and headers. 65,536 by default. */
  maxHeaderSize?: number;
  /**
   * The maximum size of the body of a response that refuses the connection, in bytes. It is in `connectionOf(socket).response`,
   * and the events wait for it. 65,536 by default; with 0 none is read.
   */
  maxErrorBody?: number;
  /** The maximum number of received pings waiting to be answered; beyond it only the latest are answered. 64 by default. */
  maxQueuedPongs?: number;
  /**
   * How many bytes of received messages may wait to be dispatched before the transport is paused, and no more is
   * decompressed. 1 MiB by default.
   */
  highWaterMark?: number;
  /**
   * How many attempts to connect to one host and port over this transport may be under way, this one included: an integer, or
   * `Infinity`. Attempts begin in the order in which they were made. 1 by default, as RFC 6455 (4.1) requires of browsers.
   */
  maxConnecting?: number;
  /** The maximum duration of connecting and the opening handshake together, in milliseconds. 60,000 by default. */
  handshakeTimeout?: number;
  /** How long to wait for the server's answer to a Close frame, in milliseconds. 10,000 by default. */
  closeTimeout?: number;
  /**
   * Sends pings while nothing is received, and fails the connection if nothing comes then. `true` for the defaults of its
   * members. Off by default.
   */
  keepAlive?: boolean | KeepAliveOptions;
  /**
   * How `send()` and `close()` treat a lone surrogate: `"replace"` replaces it with U+FFFD, as the standard says, `"throw"`
   * throws a `SyntaxError`, as the interface did before 2012. `"replace"` by default.
   */
  unpairedSurrogates?: 'replace' | 'throw';
  /** Aborts connecting. It has no effect once the connection is open. */
  signal?: AbortSignal;
  /**
   * Options of TLS for this connection, in addition to those of the transport. Only with a `wss:` URL, and over `tcp`,
   * `wisp()` and `tls()`. Over `tcp` such a connection uses the package's TLS, not the platform's.
   */
  tls?: TlsOptions;
}

/** Parameters of permessage-deflate's offer, and of compression. */
export interface PerMessageDeflateOptions {
  /** Requires the server to reset its context for each message: less memory, less compression. */
  serverNoContextTakeover?: boolean;
  /** Offers to do the same on this side. */
  clientNoContextTakeover?: boolean;
  /** The server's largest LZ77 window, as the base-2 logarithm of its size: 8 to 15. By default the server decides. */
  serverMaxWindowBits?: number;
  /** This side's largest window: 8 to 15, or less if the server requires less. 15 by default. */
  clientMaxWindowBits?: number;
  /** The compression level of this side, from 0 (sends nothing compressed) to 9 (slowest). 6 by default. */
  level?: number;
  /** Messages of fewer bytes are sent uncompressed. 1,024 by default. */
  threshold?: number;
}

/** When pings are sent, and when the connection fails, in milliseconds. */
export interface KeepAliveOptions {
  /** How long nothing must have been received before a ping is sent. 30,000 by default. */
  interval?: number;
  /** How long after a ping anything must be received, a pong or not. 10,000 by default. */
  timeout?: number;
}

/**
 * The second argument, converted.
 *
 * @internal
 */
export interface ConvertedOptions extends ConnectOptions {
  /** Whether `send()` and `close()` throw for a lone surrogate. */
  strictText: boolean;
  /** The option `tls`, which {@link ConnectOptions.transport} has converted. */
  tls: unknown;
}

/**
 * Converts the constructor's second argument. The members of an object are read once each, in the order of Web IDL
 * (3.2.17), which is that of {@link MEMBERS}.
 *
 * @internal
 * @throws {TypeError} for a value that can't be converted, or isn't valid for its option
 */
export function convertOptions(argument: unknown): ConvertedOptions {
  if (argument === undefined || argument === null) return convert([]);
  if (!isObject(argument)) return convert([['protocols', [`${argument as string}`]]]);
  const protocols = toStrings(argument);
  return convert(protocols ? [['protocols', protocols]] : members(argument, BASE, MEMBERS));
}

/**
 * The same for a WebSocketStream, whose argument is always a dictionary, and whose `protocols` are always a sequence.
 *
 * @internal
 * @throws {TypeError} as {@link convertOptions}
 */
export function convertStreamOptions(argument: unknown): ConvertedOptions {
  if (argument === undefined || argument === null) return convert([]);
  if (!isObject(argument)) throw new TypeError(`The options must be an object, not ${typeof argument}.`);
  return convert(members(argument, STREAM_BASE, MEMBERS));
}

/** Names and values of the members that are present. */
type Members = Iterable<readonly [name: string, value: unknown]>;

/** Members of the standard's dictionaries, which are read first (`WebSocketStreamOptions` of WHATWG WebSockets). */
const BASE = { protocols: (value: unknown) => toProtocols(value), targetAddressSpace: toAddressSpace };
const STREAM_BASE = { protocols: (value: unknown) => toSequence(value), signal: (value: unknown) => toSignal(value) };

const toNumber = (value: unknown) => +(value as number);

/** The other members, in lexicographical order, and how a value is converted before the next one is read. */
const MEMBERS = {
  closeTimeout: toNumber,
  handshakeTimeout: toNumber,
  headers: (value: unknown) => [...new (headersClass())(value as HeadersInit)],
  highWaterMark: toNumber,
  keepAlive: (value: unknown) => (isObject(value) ? [...members(value, {}, KEEP_ALIVE_MEMBERS)] : toBoolean(value)),
  maxConnecting: checkMaxConnecting,
  maxErrorBody: toNumber,
  maxFragments: toNumber,
  maxHeaderSize: toNumber,
  maxMessageSize: toNumber,
  maxQueuedPongs: toNumber,
  perMessageDeflate: (value: unknown) => (isObject(value) ? [...members(value, {}, DEFLATE_MEMBERS)] : Boolean(value)),
  signal: (value: unknown) => toSignal(value),
  targetAddressSpace: toAddressSpace,
  // Converted by the transport, which may be the next member.
  tls: (value: unknown) => value,
  transport: checkTransport,
  unpairedSurrogates: enumeration('unpairedSurrogates', 'replace', 'throw'),
};

const DEFLATE_MEMBERS = {
  clientMaxWindowBits: toNumber,
  clientNoContextTakeover: Boolean,
  level: toNumber,
  serverMaxWindowBits: toNumber,
  serverNoContextTakeover: Boolean,
  threshold: toNumber,
};

const KEEP_ALIVE_MEMBERS = { interval: toNumber, timeout: toNumber };

type Conversions = Record<string, (value: unknown) => unknown>;

/** Reads members one after the other; for a member in both lists, the first conversion counts. */
function* members(object: object, base: Conversions, others: Conversions): Members {
  for (const [name, conversion] of Object.entries({ ...base, ...others })) {
    const value = (object as Record<string, unknown>)[name];
    if (value !== undefined) yield [name, conversion(value)];
  }
}

/** Sets each member as it is read: an invalid value throws before the next one is read. */
function convert(members: Members): ConvertedOptions {
  const core: CoreOptions = { numbers: [], headers: [] };
  const converted: ConvertedOptions = {
    protocols: [],
    ...defaults,
    signal: undefined,
    targetAddressSpace: undefined,
    strictText: false,
    tls: undefined,
    byteStreamOptions: [],
    core,
  };
  for (const [name, value] of members) setMember(converted, name, value);
  const { tls, transport } = converted;
  if (tls !== undefined && transport !== native) converted.transport = withTls(transport, tls);
  return converted;
}

// biome-ignore lint/suspicious/noExplicitAny: each member's conversion returns another type
function setMember(converted: ConvertedOptions, name: string, value: any): void {
  const { byteStreamOptions, core } = converted;
  switch (name) {
    case 'protocols':
    case 'signal':
    case 'targetAddressSpace':
    case 'transport':
      converted[name] = value as never;
      return;
    case 'unpairedSurrogates':
      converted.strictText = value === 'throw';
      return;
    case 'headers':
      core.headers = value.flat();
      break;
    case 'keepAlive':
      if (value === false) return;
      setMembers(core, name, value);
      break;
    case 'perMessageDeflate':
      if (value === true) return;
      setMembers(core, name, value);
      break;
    case 'tls':
    case 'maxConnecting':
      converted[name] = value as never;
      break;
    default:
      setNumber(core, name, value);
  }
  byteStreamOptions.push(name);
}

/** Sets an option that is a boolean, or an object with members, which it has the defaults of otherwise. */
function setMembers(core: CoreOptions, name: string, value: boolean | [string, number | boolean][]): void {
  if (typeof value === 'boolean') setNumber(core, name, value);
  else {
    setNumber(core, name, true);
    for (const [member, number] of value) setNumber(core, `${name}.${member}`, number);
  }
}

function toProtocols(value: unknown): string[] {
  return toStrings(value) ?? [`${value as string}`];
}

function toSequence(value: unknown): string[] {
  const strings = toStrings(value);
  if (strings) return strings;
  throw new TypeError("The option 'protocols' must be a sequence of strings.");
}

/** The strings of an iterable object, whose method is read once (Web IDL 3.2.21); undefined for anything else. */
function toStrings(value: unknown): string[] | undefined {
  if (!isObject(value)) return undefined;
  const method = (value as Partial<Iterable<unknown>>)[Symbol.iterator];
  if (method === undefined || method === null) return undefined;
  const iterable = { [Symbol.iterator]: () => method.call(value) };
  return Array.from(iterable, (string) => `${string as string}`);
}

function toSignal(value: unknown): AbortSignal {
  // A signal of any realm, or of a test environment's own implementation.
  if (isSignal(value, aborted) || isSignal(value, abortedOf(globalThis.AbortSignal))) return value as AbortSignal;
  throw new TypeError("The option 'signal' must be an AbortSignal.");
}

const aborted = abortedOf(globalThis.AbortSignal);

function abortedOf(Class: typeof AbortSignal | undefined): (() => unknown) | undefined {
  return Class && Object.getOwnPropertyDescriptor(Class.prototype, 'aborted')?.get;
}

/** Whether a value has the brand: its class's accessor accepts it. */
function isSignal(value: unknown, accessor: (() => unknown) | undefined): boolean {
  try {
    return typeof accessor?.call(value) === 'boolean';
  } catch (error) {
    if (isOverflow(error)) throw error;
    return false;
  }
}

function toBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`The option 'keepAlive' must be a boolean or an object, not ${value as string}.`);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
