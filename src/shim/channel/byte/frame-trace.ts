// The frames sent and received, as they are reported.
import { queueTurn } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { MonitorObserver } from '../channel.ts';
import type { FrameInfo } from '../frame-info.ts';
import type { CoreDriver } from './core-driver.ts';

/** How many sent frames are reported at a time: a listener may send another message for each of them. */
const MAX_SENT = 65_536;

export class FrameTrace {
  readonly #driver: CoreDriver;
  /** Undefined while none wants frames. */
  observer: MonitorObserver | undefined;

  constructor(driver: CoreDriver) {
    this.#driver = driver;
  }

  /** Reports the frames recorded since the last call, those included that are read when there is room for their records. */
  report(isLast: boolean): boolean {
    const driver = this.#driver;
    let sent = 0;
    let found = false;
    while (this.observer) {
      if (sent > MAX_SENT && !isLast) {
        queueTurn(() => driver.changed());
        break;
      }
      const frame = driver.socket?.nextFrame();
      if (!frame) break;
      found = true;
      const info = frameInfo(frame);
      if (info.sent) sent += 1;
      this.observer.frame(info);
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
