// A row of the table of refusals.
import { root } from '../pki.js';
import { startTls } from '../server.js';

/**
 * @typedef {object} Refusal
 * @property {string} title
 * @property {string} code of the failure
 * @property {() => Promise<{ port: number, close: () => Promise<unknown> }>} start starts the server
 * @property {string} host of the URL; every host is reached on loopback
 * @property {() => object} tls the option of the class
 * @property {string | null} node part of the message of Node's own client, which is given the same `ca`; null if it
 *   accepts the server because it checks less
 */

/** The names of the tests' hosts on loopback. */
export const names = ['localhost', '127.0.0.1', '::1'];

/** The option that trusts these authorities only. */
export const trust = (...authorities) => ({ ca: authorities.map(({ certPem }) => certPem) });

/**
 * @typedef {object} More
 * @property {string} [host] `localhost` by default
 * @property {() => object} [tls] trusts the root by default
 * @property {string | null} [node] null by default
 */

/**
 * A server that is refused.
 * @param {string} title
 * @param {string} code
 * @param {() => Parameters<typeof startTls>[0]} serve the server's options
 * @param {More} [more]
 * @returns {Refusal}
 */
export function refused(title, code, serve, more = {}) {
  return {
    host: 'localhost',
    tls: () => trust(root()),
    node: null,
    ...more,
    title,
    code,
    start: () => startTls(serve()),
  };
}

/**
 * What a server sends whose certificate was issued by the first of these, which was issued by the next, and so on. The
 * root's need not be sent.
 */
export function below(issuer, ...chain) {
  return { certificate: issuer.issue({ names }), chain: [issuer, ...chain] };
}
