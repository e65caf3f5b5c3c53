// `connectionOf()`: pings, frames and the reason of a failure, for which the interface has no place.

import type { Channel } from '../channel/channel.ts';
import type { FrameListener } from '../channel/frame-info.ts';
import type { ConnectionFailure } from '../failure.ts';

/** The connection of a WebSocket. {@link connectionOf} returns it. */
export class Connection {
  readonly #channel: Channel;

  /** @internal */
  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /**
   * Why the connection failed, or was closed without a complete closing handshake; no event has it. Always `undefined`
   * over `native`: the browser doesn't report it.
   */
  get failure(): ConnectionFailure | undefined {
    return this.#channel.failure;
  }

  /**
   * Sends a ping (RFC 6455 5.5.2).
   *
   * @param data at most 125 bytes; by default a unique number
   * @returns the milliseconds until its pong came. Rejects with an `InvalidStateError` where the connection isn't open or
   *   closes before that, with a `TypeError` for data that isn't bytes or is too long, with a `NotSupportedError` over
   *   `native`
   */
  ping(data?: Uint8Array): Promise<number> {
    return this.#channel.ping(data);
  }

  /**
   * Calls `listener` for each frame that passes from now on; `null` stops it. If more than 4,096 frames pass in one task,
   * it is called for the latest ones.
   *
   * @param listener called outside of any event; what it throws is reported
   * @param previewBytes the bytes of each payload in {@link FrameInfo.preview}, at most
   * @throws {DOMException} `NotSupportedError` over `native`, which exposes no frames
   */
  trace(listener: FrameListener | null, previewBytes = 256): void {
    this.#channel.trace(listener, previewBytes);
  }
}
