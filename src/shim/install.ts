// Puts the class in the place of the platform's.
import { CloseEvent } from './events.ts';
import { WebSocket } from './websocket.ts';

/** Replaces `globalThis.WebSocket`, and supplies `CloseEvent` where there is none (Node before 23). */
export function install(): void {
  define('WebSocket', WebSocket);
  if (!('CloseEvent' in globalThis)) define('CloseEvent', CloseEvent);
}

/** As Web IDL defines an interface object (3.8). */
function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
}
