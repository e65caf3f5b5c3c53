// Frames as `connectionOf(socket).trace()` reports them.

/** One frame, sent or received. */
export interface FrameInfo {
  /** Whether it was sent to the server. */
  readonly sent: boolean;
  /** Whether it is its message's last fragment. */
  readonly fin: boolean;
  /** Whether its message is compressed, as the first fragment says (RFC 7692 6). */
  readonly compressed: boolean;
  /** The opcode's number: 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong (RFC 6455 5.2). */
  readonly opcode: number;
  /** Whether its payload is masked on the wire. */
  readonly masked: boolean;
  /** The payload's length in bytes. */
  readonly length: number;
  /** The first bytes of the payload, unmasked; compressed if the message is. */
  readonly preview: Uint8Array;
  /** When it was sent or received, on the clock of `performance.now()`. */
  readonly time: number;
}

/** Called for each frame. */
export type FrameListener = (frame: FrameInfo) => void;
