// The last step of a constructor: converted arguments become a channel.
import type { CoreOptions } from '../arguments/core-options.ts';
import type { IPAddressSpace } from '../transports/address-space.ts';
import { native } from '../transports/native.ts';
import type { Transport } from '../transports/types.ts';
import { checkArguments, isLoaded, newSocket } from '../wasm/core.ts';
import { ByteChannel } from './byte/byte-channel.ts';
import type { Channel, ChannelEvents } from './channel.ts';
import { type Derived, NativeChannel } from './native-channel.ts';

/** The constructor's options, converted. */
export interface ConnectOptions {
  protocols: string[];
  transport: Transport;
  signal: AbortSignal | undefined;
  targetAddressSpace: IPAddressSpace | undefined;
  /** How many attempts to one host and port may be under way. */
  maxConnecting: number;
  /** The names of the given options that need a byte-stream transport. */
  byteStreamOptions: string[];
  /** The core's options. */
  core: CoreOptions;
}

/** The constructor's arguments, converted. */
export interface ConstructorArguments {
  readonly url: string;
  /** Empty if there is none. */
  readonly base: string;
  readonly options: ConnectOptions;
}

type Connect = (args: ConstructorArguments, events: ChannelEvents) => Channel;

let connectPending: Connect | undefined;

/** Sets what {@link connect} does until the core is loaded: see pending/. */
export function setConnectPending(connect: Connect): void {
  connectPending = connect;
}

/**
 * Validates the arguments, and makes a channel, which connects once its `begin()` is called.
 *
 * @param derived the class whose object the channel's own socket may be: see {@link Channel.target}
 * @throws {DOMException} `SyntaxError` for the URL and for the subprotocols; and those of the browser's own class
 * @throws {TypeError} for an option
 */
export function connect(args: ConstructorArguments, events: ChannelEvents, derived?: Derived): Channel {
  if (!isLoaded() && connectPending) return connectPending(args, events);
  const { url, base, options } = args;
  const { protocols } = options;
  if (options.transport !== native) {
    const socket = newSocket(url, base, protocols, options.core);
    const href = socket.url;
    try {
      checkTls(href, options);
    } catch (error) {
      socket.free();
      throw error;
    }
    // A program's own string is the same for all its sockets.
    return new ByteChannel(socket, href === url ? url : (href ?? ''), options, events);
  }
  const checkedUrl = checkArguments(url, base, protocols);
  checkNative(options);
  return new NativeChannel(checkedUrl, options, events, derived);
}

/** @throws {TypeError} for options that the browser's own class can't honour */
export function checkNative({ transport, byteStreamOptions }: ConnectOptions): void {
  if (transport !== native || byteStreamOptions.length === 0) return;
  throw new TypeError(
    `Failed to construct 'WebSocket': the transport 'native' can't honour ${byteStreamOptions.join(', ')}.`,
  );
}

/** @throws {TypeError} for the option `tls` with a URL whose scheme is `ws` */
export function checkTls(url: string | undefined, { byteStreamOptions }: ConnectOptions): void {
  if (url?.startsWith('ws:') && byteStreamOptions.includes('tls')) {
    throw new TypeError("Failed to construct 'WebSocket': the option 'tls' needs a URL with the scheme 'wss'.");
  }
}
