// Bytes exchanged with a server over a transport, in Node and in pages: nothing here imports the package.

/** What the client sends, in two writes; it waits for the first part of the response between them. */
export const REQUEST = [60, 20];

/** What the server sends: records of these lengths for each part of the request. Then it ends the connection. */
export const RESPONSE = [
  [90, 1, 50],
  [30, 10],
];

/** Pseudo-random bytes without a period, so that no part equals another. */
export function bytes(length, seed) {
  const result = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    // Xorshift
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    result[at] = state;
  }
  return result;
}

export const sum = (lengths) => lengths.reduce((total, length) => total + length, 0);

export const requestBytes = () => bytes(sum(REQUEST), 0x5eed);
export const responseBytes = () => bytes(sum(RESPONSE.flat()), 0xbeef);

/** Counts bytes that arrive, and compares them with the expected ones. */
export class Arrival {
  #expected;
  count = 0;
  /** Whether all bytes so far are a prefix of the expected ones. */
  isPrefix = true;

  constructor(expected) {
    this.#expected = expected;
  }

  add(chunk) {
    for (const byte of chunk) {
      if (byte !== this.#expected[this.count]) this.isPrefix = false;
      this.count += 1;
    }
  }

  get isComplete() {
    return this.isPrefix && this.count === this.#expected.length;
  }
}

/** A transport that reaches every host on loopback. */
export function toLoopback(transport) {
  return (target) => transport({ ...target, hostname: '127.0.0.1' });
}

/**
 * Exchanges request and response.
 * @param {(target: any) => any} transport
 * @param {{ hostname: string, port: number }} server
 * @returns {Promise<{ end: string, count: number, isPrefix: boolean, isComplete: boolean }>} `end` is `end`, or the code of
 *   the failure; the rest is about the response
 */
export async function exchange(transport, { hostname, port }) {
  const arrival = new Arrival(responseBytes());
  const outcome = (end) => ({
    end,
    count: arrival.count,
    isPrefix: arrival.isPrefix,
    isComplete: arrival.isComplete,
  });
  const request = requestBytes();
  const { signal } = new AbortController();
  try {
    const link = await transport({ hostname, port, secure: true, url: `wss://${hostname}:${port}/`, signal });
    return await new Promise((resolve) => {
      let sent = REQUEST[0];
      link.open({
        data: (chunk) => {
          arrival.add(chunk);
          if (arrival.count < sum(RESPONSE[0]) || sent === request.length) return;
          link.write(request.slice(sent), () => {});
          sent = request.length;
        },
        end: () => {
          link.end();
          resolve(outcome('end'));
        },
        fail: (error) => {
          link.destroy();
          resolve(outcome(`${error.code ?? error}`));
        },
      });
      link.write(request.slice(0, sent), () => {});
    });
  } catch (error) {
    return outcome(`${error.code ?? error}`);
  }
}
