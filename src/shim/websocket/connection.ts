// What the interface has no place for: pings, frames, the reason of a failure.
import type { Channel } from '../channel/channel.ts';
import type { ConnectionFailure } from '../failure.ts';
import { now } from '../platform/globals.ts';
import type { Frame } from '../wasm/core.ts';

/** One frame that passed. */
export interface FrameInfo {
  /** Whether it went to the server. */
  readonly sent: boolean;
  /** Whether it is its message's last fragment. */
  readonly fin: boolean;
  /** Whether its message is compressed, told by its first fragment (RFC 7692 6). */
  readonly compressed: boolean;
  /** The opcode's number: 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong (RFC 6455 5.2). */
  readonly opcode: number;
  /** Whether its payload is masked on the wire. */
  readonly masked: boolean;
  /** The payload's length in bytes. */
  readonly length: number;
  /** The first bytes of the payload, unmasked; compressed where the message is. */
  readonly preview: Uint8Array;
  /** When it passed, on the clock of `performance.now()`. */
  readonly time: number;
}

/** Is told of each frame. */
export type FrameListener = (frame: FrameInfo) => void;

/** The connection below a WebSocket. Get it with {@link connectionOf}. */
export class Connection {
  readonly #channel: Channel;

  /** @internal */
  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /**
   * Why the connection failed, or was closed without a complete closing handshake: what no event tells. Over `native` it
   * stays `undefined`: the browser doesn't say.
   */
  get failure(): ConnectionFailure | undefined {
    return this.#channel.failure;
  }

  /**
   * Sends a ping (RFC 6455 5.5.2).
   *
   * @param data at most 125 bytes; by default a number of its own
   * @returns the milliseconds until its pong came; rejects with an `InvalidStateError` where the connection isn't open
   *   or closes before, with a `TypeError` for data that is too long, with a `NotSupportedError` over `native`
   */
  ping(data?: Uint8Array): Promise<number> {
    return this.#channel.ping(data);
  }

  /**
   * Calls `listener` for each frame that passes from now on; `null` stops it. Of more than 4,096 frames in one task it
   * is told the latest ones.
   *
   * @param listener called outside of any event; what it throws is reported
   * @param previewBytes how many bytes of each payload a frame shows
   * @throws {DOMException} `NotSupportedError` over `native`, which shows no frames
   */
  trace(listener: FrameListener | null, previewBytes = 256): void {
    this.#channel.trace(listener, previewBytes);
  }
}

/**
 * Copies a frame out of the core, and frees it.
 *
 * @internal
 */
export function frameInfo(frame: Frame): FrameInfo {
  const { sent, fin, compressed, opcode, masked, length, preview } = frame;
  frame.free();
  return { sent, fin, compressed, opcode, masked, length, preview, time: now() };
}
