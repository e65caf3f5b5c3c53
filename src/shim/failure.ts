// Why a connection failed, for programs and for people.
import { console, locationUrl } from './platform/globals.ts';

/**
 * Why a connection failed, or was closed without a closing handshake: no event reports it. `message` is for people,
 * `code` for programs, `cause` the original error if there is one.
 */
export interface ConnectionFailure extends Error {
  /** A stable name, in kebab case; docs/api.md has the table. */
  readonly code: string;
  /** The status of the response to the opening handshake, if it was refused or invalid. */
  readonly status?: number;
  /** The headers of that response. */
  readonly headers?: Headers;
}

/**
 * The class of a {@link ConnectionFailure}. The built-in transports reject with it.
 *
 * @internal
 */
export class Failure extends Error implements ConnectionFailure {
  readonly code: string;

  /** @param code a code of the table in docs/api.md */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

// By definition, not by assignment: scripts may have frozen Error.prototype.
Object.defineProperty(Failure.prototype, 'name', { value: 'ConnectionFailure', configurable: true, writable: true });

/**
 * The failure of one connection for an error of its transport. Several connections may get the same error.
 *
 * @internal
 */
export function failureOf(error: unknown, code: string): Failure {
  if (isFailure(error)) return new Failure(error.code, error.message, { cause: error.cause });
  return new Failure(ownCode(error) ?? code, messageOf(error), { cause: error });
}

function isFailure(error: unknown): error is Failure {
  try {
    return error instanceof Failure;
  } catch {
    // A revoked proxy.
    return false;
  }
}

/** The code that an error of a user's transport has, if it is in kebab case. Node's are in capitals. */
function ownCode(error: unknown): string | undefined {
  try {
    const { code } = error as { code?: unknown };
    return typeof code === 'string' && /^[a-z][a-z0-9-]*$/.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The message of a thrown value. Never throws.
 *
 * @internal
 */
export function messageOf(error: unknown): string {
  try {
    return `${(error instanceof Error && error.message) || error}`;
  } catch {
    // A Symbol, an object without a prototype, or one whose toString() throws.
    return `it threw a value of type ${typeof error} that has no message`;
  }
}

/**
 * Writes a failure to the console, as browsers do, because no event may carry it. Not in Node. Never throws.
 *
 * @internal
 */
export function logFailure(url: string, failure: Failure): void {
  if (locationUrl() === undefined) return;
  try {
    console.error(`WebSocket connection to '${withoutCredentials(url)}' failed: ${failure.message}`);
  } catch {
    // Test environments have consoles that throw.
  }
}

/**
 * A URL without its user name and password.
 *
 * @internal
 */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/?#@]*@/, '//');
}
