// Installs the class as a global, for `websocket-wasm/polyfill`.

import { host } from './platform/host.ts';
import { WebSocketError, WebSocketStream } from './stream/index.ts';
import { WebSocket } from './websocket/websocket.ts';

/**
 * Replaces `globalThis.WebSocket`, and defines those of `CloseEvent`, `WebSocketStream` and `WebSocketError` that the
 * platform lacks.
 */
export function install(): void {
  define('WebSocket', WebSocket);
  if (host.CloseEvent && !('CloseEvent' in globalThis)) define('CloseEvent', host.CloseEvent);
  if ('WebSocketStream' in globalThis) return;
  define('WebSocketStream', WebSocketStream);
  define('WebSocketError', WebSocketError);
}

/** Defines a global as Web IDL defines an interface object (3.8). */
function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
}
