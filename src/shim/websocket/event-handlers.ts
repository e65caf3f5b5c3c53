// Event handler attributes: `onopen`, `onmessage`, `onerror`, `onclose` (HTML 8.1.8.1).
import { EventTarget } from '../platform/globals.ts';

const { addEventListener, removeEventListener } = EventTarget.prototype;

/** The value of an event handler attribute: a function, any other object (which does nothing), or null. */
export type EventHandler = object | null;

/** The event handlers of one target. */
export class EventHandlers {
  readonly #target: EventTarget;
  readonly #slots = new Map<string, Slot>();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get(type: string): EventHandler {
    return this.#slots.get(type)?.handler ?? null;
  }

  /** Sets a handler. It keeps its place among the listeners until it is set to null. */
  set(type: string, value: unknown): void {
    const handler = typeof value === 'object' || typeof value === 'function' ? value : null;
    const slot = this.#slots.get(type);
    // In an order that leaves no listener without a slot, whenever the caller's stack overflows.
    if (slot && handler) {
      slot.handler = handler;
    } else if (slot) {
      slot.handler = null;
      this.#slots.delete(type);
      removeEventListener.call(this.#target, type, slot.listener);
    } else if (handler) {
      const added: Slot = { handler: null, listener: (event) => call(added.handler, event) };
      addEventListener.call(this.#target, type, added.listener);
      this.#slots.set(type, added);
      added.handler = handler;
    }
  }
}

interface Slot {
  handler: EventHandler;
  readonly listener: (event: Event) => void;
}

function call(handler: EventHandler, event: Event): void {
  if (typeof handler === 'function' && handler.call(event.currentTarget, event) === false) event.preventDefault();
}
