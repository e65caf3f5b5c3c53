// Connections of the installed package whose bytes are changed on their way, for tests and for `npm run test:tls`.
import assert from 'node:assert/strict';
import { tcp, tls } from 'websocket-wasm';
import { exchange, toLoopback } from '../../support/tls/exchange.js';
import { root } from '../../support/tls/pki.js';
import { everyPlan, somePlans } from '../../support/tls/tamper/plans.js';
import { PROFILES, tamper } from '../../support/tls/tamper/run.js';

/** How many connections run at once. */
const LANES = 24;

/**
 * Changes connections of one profile, and asserts that exactly the profile's changes pass.
 * @param {string} name of the profile
 * @param {{ every?: boolean, bytes?: number }} [options] every change, or of roughly that many bytes
 * @returns {Promise<number>} the number of changed connections
 */
export async function tamperProfile(name, { every = false, bytes = 15 } = {}) {
  const transport = tls(toLoopback(tcp), { ca: root().certPem });
  const exchangeAll = async (servers) => {
    const outcomes = [];
    for (const server of servers) outcomes.push(await exchange(transport, server));
    return outcomes;
  };
  const plansOf = (fields) => (every ? everyPlan(fields) : somePlans(fields, bytes));
  const { connections, passing } = await tamper(PROFILES[name], plansOf, exchangeAll, { lanes: LANES });
  assert.deepEqual(passing, PROFILES[name].passing);
  return connections;
}

/**
 * Makes every change to the connections of each profile.
 * @param {(name: string, connections: number) => void} report
 */
export async function tamperEverywhere(report) {
  for (const name of Object.keys(PROFILES)) report(name, await tamperProfile(name, { every: true }));
}
