// Defaults of the realm, for WebSockets whose options don't override them.
import { native } from '../transports/native.ts';
import type { Transport } from '../transports/types.ts';

/** Settings of {@link configure}. */
export interface Configuration {
  /** The transport of a WebSocket whose options name none. */
  transport?: Transport;
  /** The option `maxConnecting` of a WebSocket that isn't over `native` and whose options have none. */
  maxConnecting?: number;
}

let transport: Transport = native;
let maxConnecting = 1;

/**
 * Sets defaults for WebSockets of this realm, from the next one on.
 *
 * @throws {TypeError} for a transport that isn't a function, and for any other invalid value; then nothing is set
 */
export function configure(settings: Configuration): void {
  const { maxConnecting: limit = maxConnecting, transport: other = transport } = settings;
  checkTransport(other);
  maxConnecting = checkMaxConnecting(limit);
  transport = other;
}

/** The transport of a WebSocket whose options name none. */
export function defaultTransport(): Transport {
  return transport;
}

/** How many attempts to one host and port may be under way, for a WebSocket whose options don't say it. */
export function defaultMaxConnecting(): number {
  return maxConnecting;
}

/** @throws {TypeError} for anything but a positive integer or Infinity */
export function checkMaxConnecting(value: unknown): number {
  const number = +(value as number);
  if (number >= 1 && (Number.isInteger(number) || number === Number.POSITIVE_INFINITY)) return number;
  throw new TypeError(`The option 'maxConnecting' must be an integer of at least 1, or Infinity, not ${number}.`);
}

/** @throws {TypeError} for a value that isn't a transport */
export function checkTransport(value: unknown): Transport {
  if (typeof value === 'function') return value as Transport;
  throw new TypeError(`The transport must be a function, not ${value === null ? 'null' : typeof value}.`);
}
