// Pings that wait for their pongs.

import { DOMException, now, TextEncoder } from '../../platform/globals.ts';
import { viewOf } from '../../websocket/send-data.ts';

interface Waiting {
  payload: Uint8Array;
  sent: number;
  resolve: (milliseconds: number) => void;
  reject: (error: unknown) => void;
}

export class Pings {
  readonly #waiting: Waiting[] = [];
  #last = 0;

  /** Sends a ping by `send`, which returns whether it could. */
  send(data: unknown, send: (payload: Uint8Array) => boolean): Promise<number> {
    const payload = data === undefined ? this.#next() : viewOf(data);
    if (!payload) return Promise.reject(new TypeError(`A ping carries bytes, not ${typeof data}.`));
    if (payload.length > 125) {
      return Promise.reject(new TypeError(`A ping carries at most 125 bytes, not ${payload.length}.`));
    }
    if (!send(payload)) return Promise.reject(new DOMException('The connection is not open.', 'InvalidStateError'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ payload: payload.slice(), sent: now(), resolve, reject });
    });
  }

  /** Settles the ping that a pong answers, and those before it: a peer may answer only the latest (RFC 6455 5.5.3). */
  received(pong: Uint8Array): void {
    const answered = this.#waiting.findIndex(({ payload }) => `${payload}` === `${pong}`);
    for (const { resolve, sent } of this.#waiting.splice(0, answered + 1)) resolve(now() - sent);
  }

  closed(): void {
    const error = new DOMException('The connection closed before the pong came.', 'InvalidStateError');
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #next(): Uint8Array {
    this.#last += 1;
    return new TextEncoder().encode(`${this.#last}`);
  }
}
