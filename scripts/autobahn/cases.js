// Runs cases against the suite's server, and fetches its verdicts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../run.js';
import { verdictsOf } from './verdicts.js';

/** How long one case may take, in milliseconds: on an idle machine the longest take seconds. */
const CASE_LIMIT = 600_000;

/** The interval of progress lines, in milliseconds. */
const PROGRESS = 15_000;

/**
 * The ids of all cases that the server has; case N is the Nth.
 * @param {string} url the server's
 * @returns {Promise<string[]>}
 */
export async function caseIds(url) {
  const count = Number(await command(`${url}/getCaseCount`));
  const ids = [];
  for (let number = 1; number <= count; number += 1) {
    ids.push(JSON.parse(await command(`${url}/getCaseInfo?case=${number}`)).id);
  }
  return ids;
}

/**
 * Runs cases one after another: many have timers, and would disturb each other.
 * @param {{ suite: import('./suite.js').Suite, all: string[], ids: string[], agent: string, client: import('./clients.js').Client }} job
 * `all` are the server's cases, `ids` those to run
 * @returns {Promise<import('./verdicts.js').Verdict[]>}
 */
export async function runCases({ suite, all, ids, agent, client }) {
  const name = encodeURIComponent(agent);
  let group;
  let said = 0;
  for (const [i, id] of ids.entries()) {
    if (groupOf(id) !== group || Date.now() - said > PROGRESS) {
      group = groupOf(id);
      said = Date.now();
      say(`  ${i} of ${ids.length} cases done, at ${id} ...`);
    }
    const query = `case=${all.indexOf(id) + 1}&agent=${name}`;
    const ended = await within(CASE_LIMIT, client.run(`${suite.url}/runCase?${query}`));
    // The server replies when it has finished the case, too. A case that doesn't end has no reply and no verdict.
    if (ended) await within(CASE_LIMIT, command(`${suite.url}/getCaseStatus?${query}`));
    else say(`  ${id} does not end`);
  }
  say('  the suite writes its reports ...');
  await command(`${suite.url}/updateReports?agent=${name}`);
  return verdictsOf(ids, JSON.parse(readFileSync(join(suite.reports, 'index.json'), 'utf8')), agent);
}

/** The group of a case: the first number of its id. */
export function groupOf(id) {
  return id.split('.')[0];
}

/**
 * Sends the server a command that isn't a case, with npm `ws`, whichever client is tested.
 * @returns {Promise<string>} its reply, which may be empty
 */
async function command(url) {
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(url, { perMessageDeflate: false });
  let answer = '';
  socket.on('message', (data) => {
    answer = `${data}`;
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

/** Whether it settles in time. */
async function within(limit, promise) {
  let timer;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, limit, false);
  });
  const done = await Promise.race([promise.then(() => true), over]);
  clearTimeout(timer);
  return done;
}
