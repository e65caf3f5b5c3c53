// The frames sent and received, as they are reported.
import { now } from '../../platform/globals.ts';
import type { MonitorObserver } from '../channel.ts';
import type { FrameInfo } from '../frame-info.ts';
import type { CoreDriver } from './core-driver.ts';

/** The number of sent frames among the core's facts. */
const SENT_FRAMES = 1;

export class FrameTrace {
  readonly #driver: CoreDriver;
  #observer: MonitorObserver | undefined;
  /** How many frames were sent before those that are recorded, and those that were reported. */
  #sent = 0;

  constructor(driver: CoreDriver) {
    this.#driver = driver;
  }

  /** Sets who wants frames, if anyone does; before the core begins or stops recording them. */
  observe(observer: MonitorObserver | undefined): void {
    if (!this.#observer) this.#sent = this.#sentFrames;
    this.#observer = observer;
  }

  get #sentFrames(): number {
    return this.#driver.socket?.fact(SENT_FRAMES) ?? 0;
  }

  /**
   * Reports the frames recorded since the last call, those included that are read when there is room for their records. A
   * listener may send a message for each of them: of those that are sent meanwhile, the first one ends it, and the rest is
   * left to another call, so that timers and other I/O run in between.
   */
  report(isLast: boolean): boolean {
    if (!this.#observer) return false;
    const driver = this.#driver;
    const last = isLast ? Number.POSITIVE_INFINITY : this.#sentFrames;
    let found = false;
    while (this.#observer && this.#sent <= last) {
      const frame = driver.socket?.nextFrame();
      if (!frame) break;
      found = true;
      const info = frameInfo(frame);
      if (info.sent) this.#sent += 1;
      this.#observer.frame(info);
    }
    if (!found) return false;
    driver.update(driver.socket?.status());
    driver.changed();
    return true;
  }
}

/** A frame from its bytes: see src/dom/frame.rs. */
function frameInfo(bytes: Uint8Array): FrameInfo {
  const view = new DataView(bytes.buffer);
  const first = view.getUint8(0);
  return {
    sent: (first & 0x10) > 0,
    fin: (first & 0x20) > 0,
    compressed: (first & 0x40) > 0,
    opcode: first & 0x0f,
    masked: (first & 0x80) > 0,
    length: view.getFloat64(1, true),
    preview: bytes.slice(9),
    time: now(),
  };
}
