// Who wants to see each frame that passes.

import { queueMicrotask } from '../../platform/globals.ts';
import type { CoreSocket } from '../../wasm/core.ts';
import { type FrameListener, frameInfo } from '../../websocket/connection.ts';

export class Trace {
  #listener: FrameListener | undefined;

  /** Whom to tell from now on. */
  listen(core: CoreSocket | undefined, listener: FrameListener | null, previewBytes: number): void {
    this.#listener = listener ?? undefined;
    core?.trace(listener ? previewBytes : undefined);
  }

  /** Tells what has passed; `core` gives the core as long as it is there: the listener may end it. */
  tell(core: () => CoreSocket | undefined): void {
    if (!this.#listener) return;
    for (let frame = core()?.nextFrame(); frame; frame = core()?.nextFrame()) {
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
