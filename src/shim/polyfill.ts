// Puts the class in the place of the platform's.

import { WebSocketError, WebSocketStream } from './stream/index.ts';
import { CloseEvent } from './websocket/close-event.ts';
import { WebSocket } from './websocket/websocket.ts';

/**
 * Replaces `globalThis.WebSocket`, and supplies what there isn't: `CloseEvent` (Node before 23), `WebSocketStream` with
 * `WebSocketError` (all but Chromium and Deno).
 */
export function install(): void {
  define('WebSocket', WebSocket);
  if (!('CloseEvent' in globalThis)) define('CloseEvent', CloseEvent);
  if ('WebSocketStream' in globalThis) return;
  define('WebSocketStream', WebSocketStream);
  define('WebSocketError', WebSocketError);
}

/** As Web IDL defines an interface object (3.8). */
function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
}
