// `CloseEvent` (WHATWG WebSockets 6) if the platform has none: Node before 23.
import { Event } from '../platform/globals.ts';

class OwnCloseEvent extends Event {
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
    Object.defineProperty(OwnCloseEvent, 'name', { value: 'CloseEvent', configurable: true });
    Object.defineProperty(OwnCloseEvent.prototype, Symbol.toStringTag, { value: 'CloseEvent', configurable: true });
    for (const name of ['wasClean', 'code', 'reason']) {
      Object.defineProperty(OwnCloseEvent.prototype, name, { enumerable: true });
    }
  }
}

/** The platform's class, or one with the standard's interface. */
export const CloseEvent: typeof globalThis.CloseEvent = globalThis.CloseEvent ?? OwnCloseEvent;
