// `connectionOf()`: pings, frames and the reason of a failure, which the standard's interface doesn't expose.

import { ByteMonitor } from '../channel/byte/byte-monitor.ts';
import type { Channel, Monitor } from '../channel/channel.ts';
import type { FrameListener } from '../channel/frame-info.ts';
import type { ConnectionFailure } from '../failure.ts';
import { DOMException } from '../platform/globals.ts';
import type { TlsFacts } from '../transports/types.ts';
import { failureOn, type HandshakeResponse, responseOf } from './handshake-response.ts';

/** The connection of a WebSocket. {@link connectionOf} returns it. */
export class Connection {
  readonly #channel: Channel;

  /** @internal */
  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /**
   * Why the connection failed, or was closed without a complete closing handshake; no event reports it. Over `native` the
   * browser doesn't report why: the code is `not-reported`.
   */
  get failure(): ConnectionFailure | undefined {
    return failureOn(this.#channel);
  }

  /**
   * The server's response to the opening handshake, also if it refused the connection. `undefined` before it was received,
   * and over `native`.
   */
  get response(): HandshakeResponse | undefined {
    return responseOf(this.#channel);
  }

  /**
   * The parameters of the connection's TLS, and the server's certificates. `undefined` before the connection is open, with
   * a `ws:` URL, over `native`, and over a transport of your own that doesn't report them.
   */
  get tls(): TlsFacts | undefined {
    return this.#channel.tls;
  }

  /**
   * Sends a ping (RFC 6455 5.5.2).
   *
   * @param data at most 125 bytes; by default a unique number
   * @returns the milliseconds until its pong was received. Rejects with an `InvalidStateError` if the connection isn't
   *   open or closes before that, with a `TypeError` for data that isn't bytes or is too long, with a
   *   `NotSupportedError` over `native`
   */
  ping(data?: Uint8Array): Promise<number> {
    return monitorOf(this.#channel)?.ping(data) ?? Promise.reject(notSupported('ping'));
  }

  /**
   * Calls `listener` for each frame sent or received from now on; `null` stops it. After more than 4,096 frames in one
   * task, it is called for the latest ones.
   *
   * @param listener called outside of any event; its exceptions are reported
   * @param previewBytes the maximum length of {@link FrameInfo.preview}
   * @throws {DOMException} `NotSupportedError` over `native`, which exposes no frames
   */
  trace(listener: FrameListener | null, previewBytes = 256): void {
    const monitor = monitorOf(this.#channel);
    if (!monitor) throw notSupported('trace');
    monitor.trace(listener, previewBytes);
  }
}

/** Made here, so that a bundler drops the class if nothing imports `connectionOf()`. */
function monitorOf(channel: Channel): Monitor | undefined {
  return channel.monitor((driver) => new ByteMonitor(driver));
}

function notSupported(what: string): DOMException {
  return new DOMException(`${what}() isn't supported over 'native'; use a byte-stream transport.`, 'NotSupportedError');
}
