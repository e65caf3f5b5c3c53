// Runs every check with every server, in the project that installed the package.
import { checks } from './checks/index.js';
import { within } from './environment.js';
import { makeIdentities } from './identities.js';
import { servers } from './servers/index.js';

/** The time limit of a check, in milliseconds. */
const LIMIT = 60_000;

/**
 * @typedef {object} Result
 * @property {string} title
 * @property {'holds' | 'fails' | 'n/a'} verdict
 * @property {string} [why]
 */

/** The same for all servers: keys take time. @type {import('./identities.js').Identities | undefined} */
let identities;

/** The servers' names. */
export const SERVERS = servers.map(({ name }) => name);

/**
 * Runs the checks with one server.
 * @param {string} name
 * @returns {Promise<{ version: string, results: Result[] } | undefined>} undefined if this machine doesn't have the server
 */
export async function runWith(name) {
  const server = servers.find((server) => server.name === name);
  const version = await server?.version();
  if (!server || !version) return undefined;
  identities ??= makeIdentities();
  /** @type {Result[]} */
  const results = [];
  for (const { title, applies, run } of checks) {
    if (!applies(server)) {
      results.push({ title, verdict: 'n/a' });
      continue;
    }
    const why = await within({ server, pki: identities }, (env) => bounded(() => run(env))).then(
      () => undefined,
      (error) => `${error?.code ? `${error.code}: ` : ''}${error?.message ?? error}`,
    );
    results.push({ title, verdict: why === undefined ? 'holds' : 'fails', why });
  }
  return { version, results };
}

function bounded(run) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`timed out after ${LIMIT} ms`)), LIMIT);
    run()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
