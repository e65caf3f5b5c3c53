// WebSocketError: how a connection ended, as an error (a draft of WHATWG WebSockets).
import { checkClose } from '../wasm/core.ts';

/** A close code and a reason. */
export interface WebSocketCloseInfo {
  /** 1000, or 3000 to 4999. With a reason and no code it is 1000. */
  closeCode?: number;
  /** At most 123 bytes of UTF-8; `''` by default. */
  reason?: string;
}

let fromPeer: (message: string, closeCode: number | null, reason: string) => WebSocketError;

/**
 * A `DOMException` with the close code and the reason of a connection. Cancelling or aborting a stream with one closes the
 * connection with them.
 *
 * @see {@link https://github.com/whatwg/websockets/pull/48 | WHATWG WebSockets, WebSocketStream}
 */
export class WebSocketError extends DOMException {
  #closeCode: number | null;
  #reason: string;

  static {
    fromPeer = (message, closeCode, reason) => {
      const error = new WebSocketError(message);
      error.#closeCode = closeCode;
      error.#reason = reason;
      return error;
    };
  }

  /**
   * @param message for people
   * @throws {DOMException} `InvalidAccessError` for the code, `SyntaxError` for the reason
   * @throws {TypeError} for a code that isn't a number from 0 to 65,535
   */
  constructor(message: string | undefined = '', init: WebSocketCloseInfo | null | undefined = undefined) {
    super(`${message}`, 'WebSocketError');
    const { closeCode, reason } = convertCloseInfo(init);
    checkClose(closeCode, reason);
    this.#closeCode = closeCode ?? (reason === '' ? null : 1000);
    this.#reason = reason;
  }

  /** The close code, or `null`. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  /** The reason; `''` for none. */
  get reason(): string {
    return this.#reason;
  }
}

for (const name of ['closeCode', 'reason']) {
  Object.defineProperty(WebSocketError.prototype, name, { enumerable: true });
}
Object.defineProperty(WebSocketError, 'name', { value: 'WebSocketError', configurable: true });
Object.defineProperty(WebSocketError.prototype, Symbol.toStringTag, { value: 'WebSocketError', configurable: true });

/**
 * The error for a connection that wasn't closed cleanly, whose code may be any. `cause`: its failure, if there is one.
 *
 * @internal
 */
export function errorFromPeer(
  message: string,
  closeCode: number | null,
  reason: string,
  cause: Error | undefined,
): WebSocketError {
  const error = fromPeer(message, closeCode, reason);
  // As a constructor of errors defines it (ECMA-262 20.5.8.1): that of DOMException takes none.
  if (cause) Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
  return error;
}

/**
 * The dictionary, converted by the rules of Web IDL (3.2.17): `[EnforceRange] unsigned short` and `USVString`.
 *
 * @internal
 * @throws {TypeError} for a value that can't be converted
 */
export function convertCloseInfo(info: unknown): { closeCode: number | undefined; reason: string } {
  if (info === undefined || info === null) return { closeCode: undefined, reason: '' };
  if (typeof info !== 'object' && typeof info !== 'function') {
    throw new TypeError(`The close information must be an object, not ${typeof info}.`);
  }
  const { closeCode } = info as WebSocketCloseInfo;
  const code = closeCode === undefined ? undefined : enforceRange(closeCode);
  const { reason } = info as WebSocketCloseInfo;
  return { closeCode: code, reason: reason === undefined ? '' : `${reason}`.toWellFormed() };
}

function enforceRange(value: unknown): number {
  // Unary plus, not Number(): a BigInt is a TypeError.
  const number = Math.trunc(+(value as number));
  if (!(number >= 0 && number <= 0xffff)) {
    throw new TypeError(`The close code must be a number from 0 to 65535, not ${String(value)}.`);
  }
  return number + 0;
}
