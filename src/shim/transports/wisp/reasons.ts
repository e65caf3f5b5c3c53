// Why a CLOSE packet was sent.
import { Failure } from '../../failure.ts';

const CLOSED = 'relay-closed';

export const UNKNOWN = 0x01;
/** The end of the connection, which isn't an error. */
export const VOLUNTARY = 0x02;

/** The reasons that a relay gives: the failure's code, and the meaning if that says more. */
const REASONS = new Map<number, readonly [code: string, meaning?: string]>([
  [0x03, [CLOSED, 'a network error']],
  [0x04, [CLOSED, 'incompatible extensions']],
  [0x41, [CLOSED, 'an invalid request']],
  [0x42, ['host-unreachable']],
  [0x43, ['connect-timeout']],
  [0x44, ['connect-refused']],
  [0x47, [CLOSED, 'inactivity']],
  [0x48, ['relay-blocked', 'host or port not allowed']],
  [0x49, ['relay-throttled', 'limits of this client']],
  [0xc0, ['relay-unauthorized', 'wrong password']],
  [0xc1, ['relay-unauthorized', 'wrong key']],
  [0xc2, ['relay-unauthorized', 'credentials required']],
]);

/** The error for a CLOSE packet with that reason. */
export function closeError(reason: number): Failure {
  const [code, meaning = code.replace('-', ' ')] = REASONS.get(reason) ?? [
    CLOSED,
    `reason 0x${reason.toString(16).padStart(2, '0')}`,
  ];
  return new Failure(code, `The relay closed the connection: ${meaning}.`);
}
