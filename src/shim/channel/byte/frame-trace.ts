// The frames sent and received, as they are reported.
import { queueTurn } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { Frame } from '../../wasm/core.ts';
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
      if (frame.sent) sent += 1;
      this.observer.frame(frameInfo(frame));
    }
    if (!found) return false;
    driver.update(driver.socket?.status());
    driver.changed();
    return true;
  }
}

/** Copies a frame out of the core, and frees it. */
function frameInfo(frame: Frame): FrameInfo {
  const { sent, fin, compressed, opcode, masked, length, preview } = frame;
  frame.free();
  return { sent, fin, compressed, opcode, masked, length, preview, time: now() };
}
