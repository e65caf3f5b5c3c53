// Defaults of the realm, for WebSockets whose options don't override them.
import { native } from '../transports/native.ts';
import type { Transport } from '../transports/types.ts';

/** Settings of {@link configure}. */
export interface Configuration {
  /** The transport of a WebSocket whose options name none. */
  transport?: Transport;
}

let transport: Transport = native;

/**
 * Sets defaults for WebSockets of this realm, from the next one on.
 *
 * @throws {TypeError} for a transport that isn't a function
 */
export function configure(settings: Configuration): void {
  if (settings.transport !== undefined) transport = checkTransport(settings.transport);
}

/** The transport of a WebSocket whose options name none. */
export function defaultTransport(): Transport {
  return transport;
}

/** @throws {TypeError} for a value that isn't a transport */
export function checkTransport(value: unknown): Transport {
  if (typeof value === 'function') return value as Transport;
  throw new TypeError(`The transport must be a function, not ${value === null ? 'null' : typeof value}.`);
}
