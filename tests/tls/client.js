// The client that the checks judge: the installed package.
import { tcp, tls, WebSocket } from 'websocket-wasm';
import { Connection } from './connection.js';

/** The groups that it offers. */
export const OFFERED = ['X25519MLKEM768', 'X25519', 'secp256r1', 'secp384r1'];

/**
 * Connects to `localhost`; connections by the same function may resume each other's sessions.
 * @typedef {(port: number) => Promise<Connection>} Connect rejects if the handshake fails: `error.code` says why
 */

/** @typedef {import('websocket-wasm').TlsOptions} TlsOptions */

/**
 * @param {TlsOptions} options
 * @returns {Connect}
 */
export function connector(options) {
  const transport = tls(tcp, options);
  return async (port) => {
    const { signal } = new AbortController();
    const target = { hostname: 'localhost', port, secure: true, url: `wss://localhost:${port}/`, signal };
    const link = /** @type {import('websocket-wasm').Link} */ (await transport(target));
    const connection = new Connection(link);
    link.open({
      data: (chunk) => connection.push(chunk),
      end: () => connection.finish(),
      fail: (error) => connection.finish(error),
    });
    return connection;
  };
}

/**
 * A WebSocket over the same.
 * @param {number} port
 * @param {TlsOptions} options
 */
export function webSocket(port, options) {
  return new WebSocket(`wss://localhost:${port}/`, { tls: options });
}
