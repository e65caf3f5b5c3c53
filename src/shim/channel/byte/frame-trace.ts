// The frames sent and received, for the listener of `trace()`.
import { now, queueMicrotask } from '../../platform/globals.ts';
import type { Frame } from '../../wasm/core.ts';
import type { FrameInfo, FrameListener } from '../frame-info.ts';
import type { SocketRef } from './socket-ref.ts';

export class FrameTrace {
  readonly #ref: SocketRef;
  #listener: FrameListener | undefined;

  constructor(ref: SocketRef) {
    this.#ref = ref;
  }

  /** Sets the listener, or removes it. */
  listen(listener: FrameListener | null, previewBytes: number): void {
    this.#listener = listener ?? undefined;
    this.#ref.socket?.trace(listener ? previewBytes : undefined);
  }

  /** Calls the listener for the frames recorded since the last call. The listener may close the socket. */
  report(): void {
    if (!this.#listener) return;
    for (let frame = this.#ref.socket?.nextFrame(); frame; frame = this.#ref.socket?.nextFrame()) {
      try {
        this.#listener?.(frameInfo(frame));
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** Copies a frame out of the core, and frees it. */
function frameInfo(frame: Frame): FrameInfo {
  const { sent, fin, compressed, opcode, masked, length, preview } = frame;
  frame.free();
  return { sent, fin, compressed, opcode, masked, length, preview, time: now() };
}
