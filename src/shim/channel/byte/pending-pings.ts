// Pings waiting for their pongs (RFC 6455 5.5.2, 5.5.3).

import { bytesOf } from '../../platform/binary.ts';
import { DOMException, now, TextEncoder } from '../../platform/globals.ts';

/** The longest payload of a control frame, in bytes (RFC 6455 5.5). */
const MAX_PAYLOAD = 125;

interface PendingPing {
  payload: Uint8Array;
  sentAt: number;
  resolve: (milliseconds: number) => void;
  reject: (error: unknown) => void;
}

export class PendingPings {
  /** Undefined while there are none, as mostly. */
  #pending: PendingPing[] | undefined;
  #lastNumber = 0;

  /** Sends a ping by `send`, which returns whether it could. */
  send(data: unknown, send: (payload: Uint8Array) => boolean): Promise<number> {
    const payload = data === undefined ? this.#nextNumber() : bytesOf(data);
    if (!payload) return Promise.reject(new TypeError(`The data of a ping must be bytes, not ${typeof data}.`));
    if (payload.length > MAX_PAYLOAD) {
      return Promise.reject(
        new TypeError(`The data of a ping must have at most ${MAX_PAYLOAD} bytes, not ${payload.length}.`),
      );
    }
    if (!send(payload)) return Promise.reject(new DOMException('The connection is not open.', 'InvalidStateError'));
    return new Promise((resolve, reject) => {
      this.#pending ??= [];
      this.#pending.push({ payload: payload.slice(), sentAt: now(), resolve, reject });
    });
  }

  /** Settles the ping that a pong answers, and those before it: a peer may answer the latest only (RFC 6455 5.5.3). */
  answer(pong: Uint8Array): void {
    const pending = this.#pending ?? [];
    const answered = pending.findIndex(({ payload }) => `${payload}` === `${pong}`);
    for (const { resolve, sentAt } of pending.splice(0, answered + 1)) resolve(now() - sentAt);
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
