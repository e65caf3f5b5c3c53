// What `connectionOf()` adds to a connection over a byte stream: pings, and the trace of its frames.
import type { Monitor } from '../channel.ts';
import type { FrameListener } from '../frame-info.ts';
import { FrameTrace } from './frame-trace.ts';
import { PendingPings } from './pending-pings.ts';
import type { SocketRef } from './socket-ref.ts';

export class ByteMonitor implements Monitor {
  readonly #ref: SocketRef;
  readonly #changed: () => void;
  readonly #pings = new PendingPings();
  readonly #trace: FrameTrace;

  /** @param changed to be called before each call into the core */
  constructor(ref: SocketRef, changed: () => void) {
    this.#ref = ref;
    this.#changed = changed;
    this.#trace = new FrameTrace(ref);
  }

  ping(payload: unknown): Promise<number> {
    this.#changed();
    return this.#pings.send(payload, (bytes) => {
      const isSent = this.#ref.socket?.ping(bytes) === true;
      this.#ref.update(this.#ref.socket?.status());
      return isSent;
    });
  }

  trace(listener: FrameListener | null, previewBytes: number): void {
    this.#changed();
    this.#trace.listen(listener, previewBytes);
    this.#ref.update(this.#ref.socket?.status());
  }

  /** A ping was answered. */
  pong(payload: Uint8Array): void {
    this.#pings.answer(payload);
  }

  /** Reports the frames since the last call. */
  report(): void {
    this.#trace.report();
  }

  /** The connection is closed. */
  close(): void {
    this.#pings.rejectAll();
  }
}
