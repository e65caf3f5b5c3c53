// The browser's own WebSocket as the wire: it carries messages, not bytes.

/** The platform's class, taken before anybody replaces it. */
export const NativeWebSocket: typeof globalThis.WebSocket | undefined = globalThis.WebSocket;

/**
 * The browser's own `WebSocket` as the wire; in a page, the default. It reaches whatever a page can reach without a
 * relay, and lets through what that class lets through. Options that only bytes can honour (`headers`, limits, timeouts)
 * make the constructor throw a `TypeError`, pings and frames are refused with a `NotSupportedError`.
 *
 * It is to be named, not to be called: `new WebSocket(url, { transport: native })`.
 *
 * @throws {TypeError} when it is called
 * @see {@link https://websockets.spec.whatwg.org/ | WHATWG WebSockets}
 */
export function native(): never {
  // It is a name, known by identity: what it stands for carries no bytes.
  throw new TypeError("'native' can only be used as a WebSocket's transport, not be called.");
}
