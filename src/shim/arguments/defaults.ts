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

/** The options of a WebSocket that doesn't name them itself. */
export const defaults: Required<Configuration> = { transport: native, maxConnecting: 1 };

/**
 * Sets defaults for WebSockets of this realm, from the next one on.
 *
 * @throws {TypeError} for an invalid value; then nothing is set
 */
export function configure(settings: Configuration): void {
  const { maxConnecting = defaults.maxConnecting, transport = defaults.transport } = settings;
  Object.assign(defaults, {
    maxConnecting: checkMaxConnecting(maxConnecting),
    transport: checkTransport(transport),
  });
}

/** @throws {TypeError} for a value that isn't a transport */
export function checkTransport(value: unknown): Transport {
  if (typeof value === 'function') return value as Transport;
  throw new TypeError(`The transport must be a function, not ${value === null ? 'null' : typeof value}.`);
}

/** @throws {TypeError} for anything but a positive integer or Infinity */
export function checkMaxConnecting(value: unknown): number {
  const number = +(value as number);
  // The remainder of Infinity is NaN.
  if (number >= 1 && !(number % 1)) return number;
  throw new TypeError(`The option 'maxConnecting' must be an integer of at least 1, not ${number}.`);
}
