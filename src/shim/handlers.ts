// Event handler attributes: `onopen` and its like (HTML 8.1.8.1).

const { addEventListener, removeEventListener } = EventTarget.prototype;

/** What an event handler attribute holds: a callback, any other object (which does nothing), or null. */
export type Handler = object | null;

/** The event handlers of one target. */
export class Handlers {
  readonly #target: EventTarget;
  readonly #slots = new Map<string, Slot>();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get(type: string): Handler {
    return this.#slots.get(type)?.handler ?? null;
  }

  /** Sets a handler. It keeps its place among the listeners until it is set to null. */
  set(type: string, value: unknown): void {
    const handler = typeof value === 'object' || typeof value === 'function' ? value : null;
    const slot = this.#slots.get(type);
    if (slot && handler) {
      slot.handler = handler;
    } else if (slot) {
      removeEventListener.call(this.#target, type, slot.listener);
      this.#slots.delete(type);
    } else if (handler) {
      const added: Slot = { handler, listener: (event) => call(added.handler, event) };
      this.#slots.set(type, added);
      addEventListener.call(this.#target, type, added.listener);
    }
  }
}

interface Slot {
  handler: object;
  readonly listener: (event: Event) => void;
}

function call(handler: object, event: Event): void {
  if (typeof handler === 'function' && handler.call(event.currentTarget, event) === false) event.preventDefault();
}
