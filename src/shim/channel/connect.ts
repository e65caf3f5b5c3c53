// The last step of the constructor: arguments become a core, and the channel that drives it.

import { native } from '../transports/native.ts';
import { isLoaded, newSocket } from '../wasm/core.ts';
import type { Converted } from '../websocket/options.ts';
import { ByteChannel } from './byte/byte-channel.ts';
import type { Channel, ChannelEvents } from './channel.ts';
import { NativeChannel } from './native-channel.ts';

/** The constructor's arguments, converted. */
export interface Arguments {
  readonly url: string;
  readonly base: string | undefined;
  readonly options: Converted;
}

let connectEarly: ((args: Arguments, events: ChannelEvents) => Channel) | undefined;

/** Sets what {@link connect} does until the core is there: see early/. */
export function setEarly(early: typeof connectEarly): void {
  connectEarly = early;
}

/**
 * Validates the arguments, and makes a channel that connects once it is told to begin.
 *
 * @throws {DOMException} `SyntaxError` for the URL and for the subprotocols; what the browser's own class throws
 * @throws {TypeError} for an option
 */
export function connect(args: Arguments, events: ChannelEvents): Channel {
  if (!isLoaded() && connectEarly) return connectEarly(args, events);
  const { url, base, options } = args;
  const core = newSocket(url, base, options.protocols, options.core);
  if (options.transport !== native) return new ByteChannel(core, options.transport, options.signal, events);
  try {
    checkNative(options);
    const checked = { url: core.url ?? '', origin: core.origin ?? '' };
    return new NativeChannel(checked, options.protocols, options.signal, events);
  } finally {
    // It has checked the arguments, and the platform does the rest.
    core.free();
  }
}

/** @throws {TypeError} for options that the browser's own class has no way to honour */
export function checkNative({ transport, beyondNative }: Converted): void {
  if (transport !== native || beyondNative.length === 0) return;
  throw new TypeError(
    `Failed to construct 'WebSocket': the transport 'native' can't honour ${beyondNative.join(', ')}.`,
  );
}
