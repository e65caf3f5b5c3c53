// Failures that links of several transports have.
import { Failure } from '../failure.ts';

/** How many bytes a link keeps while it is paused. */
export const MAX_UNREAD = 64 * 1024 * 1024;

/** The attempt was aborted. */
export function aborted(options?: ErrorOptions): Failure {
  return new Failure('aborted', 'the connection was aborted', options);
}

/** More than {@link MAX_UNREAD} bytes are left unread. */
export function tooMuchUnread(): Failure {
  return new Failure('too-much-unread', 'More than 64 MiB from the server were left unread.');
}
