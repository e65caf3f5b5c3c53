// The constructor's second argument: `(DOMString or sequence<DOMString> or option bag)`, converted as Web IDL has it.
import { checkTransport, defaultTransport } from './configure.ts';
import { Options } from './core.ts';
import type { Transport } from './transports/types.ts';

/** Options of a WebSocket. */
export interface WebSocketOptions {
  /** Subprotocols, the preferred one first. */
  protocols?: string | Iterable<string>;
  /** What carries the bytes. By default what {@link configure} set: in Node `tcp`, elsewhere `native`. */
  transport?: Transport;
  /** Headers for the opening handshake's request; those that the protocol owns are refused. Not with `native`. */
  headers?: HeadersInit;
  /** The most bytes of payload in one message; a larger one fails the connection with 1009. 256 MiB by default. */
  maxMessageSize?: number;
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

/** The second argument, converted. */
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
 * Converts the constructor's second argument.
 *
 * @throws {TypeError} what can't be converted, or is no value of that option
 */
export function convertOptions(argument: unknown): Converted {
  const bag = toBag(argument);
  const { closeTimeout, handshakeTimeout, headers, maxMessageSize, protocols, signal, transport } = bag;
  const unpaired = `${bag.unpairedSurrogates ?? 'replace'}`;
  const beyondNative = [];
  const core = new Options();
  try {
    if (closeTimeout !== undefined) core.setCloseTimeout(+closeTimeout);
    if (handshakeTimeout !== undefined) core.setHandshakeTimeout(+handshakeTimeout);
    if (maxMessageSize !== undefined) core.setMaxMessageSize(+maxMessageSize);
    for (const name of ['closeTimeout', 'handshakeTimeout', 'headers', 'maxMessageSize'] as const) {
      if (bag[name] !== undefined) beyondNative.push(name);
    }
    for (const [name, value] of new Headers(headers)) core.addHeader(name, value);
    const origin = globalThis.location?.origin;
    if (origin && !core.hasHeader('Origin')) core.addHeader('Origin', origin);
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
