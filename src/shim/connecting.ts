// The last step of the constructor: arguments become a core and the channel that drives it.
import { ByteChannel } from './byte-channel.ts';
import type { Channel, ChannelEvents, Ended } from './channel.ts';
import { isLoaded, liveInstance } from './core.ts';
import { NativeChannel } from './native-channel.ts';
import type { Converted } from './options.ts';
import { native } from './transports/native.ts';

/** What the attributes say of a socket that isn't closed. */
export interface Live extends Ended {
  readonly origin: string;
  readonly readyState: number;
}

/** The two halves of a socket. */
export interface Connecting {
  readonly core: Live;
  readonly channel: Channel;
}

/** The constructor's arguments, converted. */
export interface Arguments {
  readonly url: string;
  readonly base: string | undefined;
  readonly options: Converted;
}

let connectEarly: ((args: Arguments, events: ChannelEvents) => Connecting) | undefined;

/** Sets what {@link connect} does until the core is there: see early/. */
export function setEarly(early: typeof connectEarly): void {
  connectEarly = early;
}

/**
 * Validates the arguments and connects.
 *
 * @throws {DOMException} `SyntaxError` for the URL and for the subprotocols; what the browser's own class throws
 * @throws {TypeError} for an option
 */
export function connect(args: Arguments, events: ChannelEvents): Connecting {
  if (!isLoaded() && connectEarly) return connectEarly(args, events);
  const { url, base, options } = args;
  const instance = liveInstance();
  const core = new instance.bindings.Socket(url, base, options.protocols, options.core, performance.now());
  if (options.transport !== native) {
    return { core, channel: new ByteChannel(instance, core, options.transport, options.signal, events) };
  }
  try {
    checkNative(options);
    return { core, channel: new NativeChannel(instance, core, options.protocols, options.signal, events) };
  } catch (error) {
    core.free();
    throw error;
  }
}

/** @throws {TypeError} for options that the browser's own class has no way to honour */
export function checkNative({ transport, beyondNative }: Converted): void {
  if (transport !== native || beyondNative.length === 0) return;
  throw new TypeError(
    `Failed to construct 'WebSocket': the transport 'native' can't honour ${beyondNative.join(', ')}.`,
  );
}
