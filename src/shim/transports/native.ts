// The browser's own WebSocket as the wire: it carries messages, not bytes.

/** The platform's class, taken before anybody replaces it. */
export const NativeWebSocket: typeof globalThis.WebSocket | undefined = globalThis.WebSocket;

/**
 * The browser's own `WebSocket`: reaches whatever a page can reach without a relay, and lets through what that class
 * lets through: no handshake headers, no pings, no frames. In a page, the default.
 */
export function native(): never {
  // It is a name, known by identity: what it stands for carries no bytes.
  throw new TypeError("'native' can only be used as a WebSocket's transport, not be called.");
}
