// What holds for every WebSocket that doesn't say otherwise.
import { native } from '../transports/native.ts';
import type { Transport } from '../transports/types.ts';

/** Settings of {@link configure}. */
export interface Configuration {
  /** What carries the bytes of a WebSocket whose options name no transport. */
  transport?: Transport;
}

let transport: Transport = native;

/**
 * Sets defaults for the WebSockets of this realm that are made from now on.
 *
 * @throws {TypeError} when the transport isn't a function
 */
export function configure(settings: Configuration): void {
  if (settings.transport !== undefined) transport = checkTransport(settings.transport);
}

/** The transport of a WebSocket whose options name none. */
export function defaultTransport(): Transport {
  return transport;
}

/** The transport itself, if it is one. */
export function checkTransport(value: unknown): Transport {
  if (typeof value === 'function') return value as Transport;
  throw new TypeError(`The transport must be a function, not ${value === null ? 'null' : typeof value}.`);
}
