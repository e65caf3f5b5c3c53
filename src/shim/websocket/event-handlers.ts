// Event handler attributes: `onopen`, `onmessage`, `onerror`, `onclose` (HTML 8.1.8.1).
import { EventTarget } from '../platform/globals.ts';

const { addEventListener, removeEventListener } = EventTarget.prototype;
const { apply } = Reflect;

/** The value of an event handler attribute: a function, any other object (which does nothing), or null. */
export type EventHandler = object | null;

/** The event handlers of one target. */
export class EventHandlers {
  open: EventHandler = null;
  message: EventHandler = null;
  error: EventHandler = null;
  close: EventHandler = null;

  /** Sets a handler. It keeps its place among the listeners until it is set to null. */
  set(target: EventTarget, type: keyof typeof listeners, value: unknown): void {
    const handler = typeof value === 'object' || typeof value === 'function' ? value : null;
    // In an order that leaves no handler without a listener, whenever the caller's stack overflows. A listener without a
    // handler does nothing, and isn't added twice.
    if (handler === null) {
      this[type] = null;
      removeEventListener.call(target, type, listeners[type]);
    } else {
      if (this[type] === null) addEventListener.call(target, type, listeners[type]);
      this[type] = handler;
    }
  }
}

type HandlersOf = (target: EventTarget) => EventHandlers;

let handlersOf: HandlersOf;

/** Sets the function that returns a target's handlers. */
export function setHandlersOf(of: HandlersOf): void {
  handlersOf = of;
}

/** One listener for all targets, so that a target has none of its own: `this` is the event's current target. */
const listeners = {
  open(this: EventTarget, event: Event): void {
    call(handlersOf(this).open, this, event);
  },
  message(this: EventTarget, event: Event): void {
    call(handlersOf(this).message, this, event);
  },
  error(this: EventTarget, event: Event): void {
    call(handlersOf(this).error, this, event);
  },
  close(this: EventTarget, event: Event): void {
    call(handlersOf(this).close, this, event);
  },
};

function call(handler: EventHandler, target: EventTarget, event: Event): void {
  if (typeof handler === 'function' && apply(handler, target, [event]) === false) event.preventDefault();
}
