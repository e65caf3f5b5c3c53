// The classes that the soak compares, with the same interface.

/**
 * @typedef {object} Contender
 * @property {(url: string, compress: boolean, abort?: AbortSignal) => WebSocket} connect `abort` gives up connecting
 */

/** @type {Record<string, () => Promise<Contender>>} */
export const contenders = {
  'websocket-wasm': async () => {
    const { WebSocket } = await import('websocket-wasm');
    return {
      connect: (url, perMessageDeflate, signal) =>
        new WebSocket(url, { perMessageDeflate, closeTimeout: CLOSE_TIMEOUT, ...(signal && { signal }) }),
    };
  },
  ws: async () => {
    const { WebSocket } = await import('ws');
    return {
      connect: (url, perMessageDeflate, signal) => {
        const options = { perMessageDeflate, maxPayload: 2 ** 30, closeTimeout: CLOSE_TIMEOUT };
        const socket = new WebSocket(url, /** @type {any} */ (options));
        signal?.addEventListener('abort', () => socket.terminate());
        return /** @type {any} */ (socket);
      },
    };
  },
};

/** How long a peer may take to answer a Close frame, in milliseconds. */
const CLOSE_TIMEOUT = 2_000;
