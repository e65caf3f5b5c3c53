// `CloseEvent` (WHATWG WebSockets 6) for Node before 23, which has none.
import { Event } from '../platform/globals.ts';

export class OwnCloseEvent extends Event {
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
