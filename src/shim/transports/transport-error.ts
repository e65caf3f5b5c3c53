// Why a transport failed, for programs as well as for people.

/**
 * A transport's error with a stable code: `connectionOf(socket).failure` takes over its code and its message.
 *
 * @internal
 */
export class TransportError extends Error {
  readonly code: string;

  /**
   * @param code a code of the table in docs/api.md
   * @param options the original error as its `cause`
   */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

// By definition, not by assignment: scripts may have frozen Error.prototype.
Object.defineProperty(TransportError.prototype, 'name', {
  value: 'TransportError',
  configurable: true,
  writable: true,
});

/** The error of a transport that would carry `wss:` in the clear. */
export function notEncrypted(why: string): TransportError {
  return new TransportError('transport-not-encrypted', why);
}
