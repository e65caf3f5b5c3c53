// The transports that take the option `tls` of one socket.
import type { Transport } from './types.ts';

/** Makes the transport for a socket's option, which it converts. */
type WithTls = (options: unknown) => Transport;

const takers = new WeakMap<Transport, WithTls>();
const originals = new WeakMap<Transport, Transport>();

/** Registers a transport that takes the option. */
export function takeTls(transport: Transport, make: WithTls): void {
  takers.set(transport, make);
}

/**
 * The transport for a socket with the option.
 *
 * @throws {TypeError} if the transport doesn't take it, or for the option's value
 */
export function withTls(transport: Transport, options: unknown): Transport {
  const make = takers.get(transport);
  if (!make) throw new TypeError("The transport doesn't take the option 'tls': wrap it by tls().");
  const made = make(options);
  originals.set(made, transport);
  return made;
}

/** The transport that {@link withTls} was given, or the transport itself. */
export function originalOf(transport: Transport): Transport {
  return originals.get(transport) ?? transport;
}
