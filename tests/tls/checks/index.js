// The checks, in the order of the table.
import { data } from './data.js';
import { handshakes } from './handshakes.js';
import { refusals } from './refusals.js';
import { sessions } from './sessions.js';

/**
 * @typedef {object} Check
 * @property {string} title
 * @property {(server: import('../servers/index.js').Server) => boolean} applies whether the server can do that
 * @property {(env: import('../environment.js').Env) => Promise<unknown>} run throws if it fails
 */

/** @type {Check[]} */
export const checks = [...handshakes, ...sessions, ...data, ...refusals];
