// What `connectionOf()` adds to a connection over a byte stream: pings, and the trace of its frames.
import type { Monitor } from '../channel.ts';
import type { FrameListener } from '../frame-info.ts';
import type { CoreDriver } from './core-driver.ts';
import { FrameTrace } from './frame-trace.ts';
import { PendingPings } from './pending-pings.ts';

export class ByteMonitor implements Monitor {
  readonly #driver: CoreDriver;
  readonly #pings = new PendingPings();
  readonly #trace: FrameTrace;

  constructor(driver: CoreDriver) {
    this.#driver = driver;
    this.#trace = new FrameTrace(driver);
  }

  ping(payload: unknown): Promise<number> {
    this.#driver.changed();
    return this.#pings.send(payload, (bytes) => {
      const isSent = this.#driver.socket?.ping(bytes) === true;
      this.#driver.update(this.#driver.socket?.status());
      return isSent;
    });
  }

  trace(listener: FrameListener | null, previewBytes: number): void {
    this.#driver.changed();
    this.#trace.listen(listener, previewBytes);
    this.#driver.update(this.#driver.socket?.status());
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
