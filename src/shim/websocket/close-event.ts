// The event classes: the platform's, and where it lacks one (CloseEvent in Node before 23) the standard's shape.
import { Event } from '../platform/globals.ts';

class CloseEventShim extends Event {
  readonly #init: Required<CloseEventInit>;

  constructor(type: string, init: CloseEventInit | undefined = undefined) {
    if (arguments.length === 0) {
      throw new TypeError("Failed to construct 'CloseEvent': 1 argument required, but only 0 present.");
    }
    super(type, init);
    const { wasClean = false, code = 0, reason = '' } = init ?? (Object.create(null) as CloseEventInit);
    this.#init = {
      ...init,
      wasClean: Boolean(wasClean),
      code: Number(code) & 0xffff,
      reason: `${reason}`.toWellFormed(),
    } as never;
  }

  get wasClean(): boolean {
    return this.#init.wasClean;
  }

  get code(): number {
    return this.#init.code;
  }

  get reason(): string {
    return this.#init.reason;
  }

  static {
    Object.defineProperty(CloseEventShim, 'name', { value: 'CloseEvent', configurable: true });
    Object.defineProperty(CloseEventShim.prototype, Symbol.toStringTag, { value: 'CloseEvent', configurable: true });
    for (const name of ['wasClean', 'code', 'reason']) {
      Object.defineProperty(CloseEventShim.prototype, name, { enumerable: true });
    }
  }
}

/** `CloseEvent` (WHATWG WebSockets 6). */
export const CloseEvent: typeof globalThis.CloseEvent = globalThis.CloseEvent ?? CloseEventShim;
