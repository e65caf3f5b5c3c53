// The browser's own WebSocket in place of a transport: it carries messages, not bytes.

/** The platform's class, as it is before a script or the polyfill replaces it. */
export const NativeWebSocket: typeof globalThis.WebSocket | undefined = globalThis.WebSocket;

/** Whether a function is the engine's own of that name: a proxy of one, and a bound one, have no name in their text. */
export function isNative(value: object, name: string): boolean {
  return Function.prototype.toString.call(value).replace(/\s+/g, ' ') === `function ${name}() { [native code] }`;
}

/**
 * The browser's own `WebSocket` in place of a transport; in a page, the default. It reaches any server that a page can
 * reach without a relay. Options that need a byte stream (`headers`, limits, timeouts) make the constructor throw a
 * `TypeError`; `ping()` and `trace()` fail with a `NotSupportedError`.
 *
 * A value to pass, not a function to call: `new WebSocket(url, { transport: native })`.
 *
 * @throws {TypeError} when called
 * @see {@link https://websockets.spec.whatwg.org/ | WHATWG WebSockets}
 */
export function native(): never {
  throw new TypeError("'native' can only be used as a WebSocket's transport, not be called.");
}
