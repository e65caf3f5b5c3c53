// Failures of a connection to a relay, by its close codes: RFC 6455 7.4.1, and IANA's registry of them.

import { Failure } from '../../failure.ts';

/** Close codes of a connection that ended as it should: what the relay connected to has ended it. */
const NORMAL = new Set([1000, 1005]);

/** The close code of a connection that ended without a Close frame. */
export const ABNORMAL = 1006;

/** Close codes with a failure code of their own, and what they mean. */
const REASONS = new Map<number, readonly [code: string, meaning: string]>([
  [1008, ['relay-blocked', 'it does not allow this host, port or client']],
  [1013, ['relay-throttled', 'it has too much to do']],
  [3000, ['relay-unauthorized', 'it wants other credentials']],
  [3003, ['relay-blocked', 'it does not allow this host, port or client']],
]);

/** The connection to the relay can't be opened or used. */
export function unreachable(relay: string, what: string, cause?: unknown): Failure {
  const options = cause === undefined ? undefined : { cause };
  return new Failure('relay-unreachable', `The relay ${relay} ${what}.`, options);
}

/** The relay sent something else than bytes. */
export function notBytes(relay: string, what: string): Failure {
  return new Failure('relay-invalid', `The relay ${relay} ${what}.`);
}

/** The failure of a connection that was closed with that code, or `undefined` for a normal end. */
export function closeFailure(relay: string, code: number, reason: string): Failure | undefined {
  if (NORMAL.has(code)) return undefined;
  if (code === ABNORMAL) return new Failure('relay-closed', `The connection to the relay ${relay} was lost.`);
  const [name, meaning] = REASONS.get(code) ?? ['relay-closed', ''];
  const text = [meaning, reason && `'${reason}'`, `code ${code}`].filter(Boolean).join(', ');
  return new Failure(name, `The relay ${relay} closed the connection: ${text}.`);
}
