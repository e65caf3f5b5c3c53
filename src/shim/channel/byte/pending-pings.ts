// Pings waiting for their pongs (RFC 6455 5.5.2, 5.5.3).

import { DOMException, now, TextEncoder } from '../../platform/globals.ts';

/** The longest payload of a control frame, in bytes (RFC 6455 5.5). */
const MAX_PAYLOAD = 125;

interface PendingPing {
  payload: Uint8Array;
  sentAt: number;
  resolve: (milliseconds: number) => void;
  reject: (error: unknown) => void;
}

/** Returns a promise that rejects for a payload that is too long. */
export function checkPing(payload: Uint8Array | undefined): Promise<never> | undefined {
  if (!payload || payload.length <= MAX_PAYLOAD) return undefined;
  return Promise.reject(
    new TypeError(`The data of a ping must have at most ${MAX_PAYLOAD} bytes, not ${payload.length}.`),
  );
}

/** The exception of a ping before the connection is open, and after that. */
export function notOpen(): DOMException {
  return new DOMException('The connection is not open.', 'InvalidStateError');
}

export class PendingPings {
  /** Undefined while there are none, as mostly. */
  #pending: PendingPing[] | undefined;
  #lastNumber = 0;
  /** That of the last one that was answered, in milliseconds. */
  roundTripTime: number | undefined;

  /** Sends a ping by `send`, which returns whether it could. */
  send(data: Uint8Array | undefined, send: (payload: Uint8Array) => boolean): Promise<number> {
    const payload = data ?? this.#nextNumber();
    const refused = checkPing(payload);
    if (refused) return refused;
    if (!send(payload)) return Promise.reject(notOpen());
    return new Promise((resolve, reject) => {
      this.#pending ??= [];
      this.#pending.push({ payload: payload.slice(), sentAt: now(), resolve, reject });
    });
  }

  /** Settles the ping that a pong answers, and those before it: a peer may answer the latest only (RFC 6455 5.5.3). */
  answer(pong: Uint8Array): void {
    const pending = this.#pending ?? [];
    const answered = pending.findIndex(({ payload }) => `${payload}` === `${pong}`);
    for (const { resolve, sentAt } of pending.splice(0, answered + 1)) {
      this.roundTripTime = now() - sentAt;
      resolve(this.roundTripTime);
    }
    if (pending.length === 0) this.#pending = undefined;
  }

  /** Rejects those that are left: the connection is closed. */
  rejectAll(): void {
    if (!this.#pending) return;
    const error = new DOMException('The connection closed before the pong came.', 'InvalidStateError');
    for (const { reject } of this.#pending.splice(0)) reject(error);
    this.#pending = undefined;
  }

  #nextNumber(): Uint8Array {
    this.#lastNumber += 1;
    return new TextEncoder().encode(`${this.#lastNumber}`);
  }
}
