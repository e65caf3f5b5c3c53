// Connections whose bytes are changed on their way, one for each plan, and what must hold for them.
import assert from 'node:assert/strict';
import { startTamperer } from './proxy.js';
import { startTampered } from './server.js';

/**
 * @typedef {object} Profile a kind of handshake
 * @property {import('node:tls').TlsOptions} server
 * @property {boolean} resumes whether each connection follows another one whose session it resumes
 * @property {string[]} passing the changes that neither side notices, by name
 */

/**
 * In both versions: the version of records in plaintext (RFC 8446 5.1), a closure alert before the handshake is complete,
 * which is ignored because anyone may have sent it, and whatever follows the closure alert (6.1).
 */
const ALWAYS = [
  'to client: flip, minor version of change_cipher_spec',
  'to client: flip, minor version of handshake',
  'to client: insert close_notify, handshake',
  'to client: repeat record, the last one',
  'to client: repeat, the last one',
  'to server: flip, minor version of handshake',
];

const TLS12 = [...ALWAYS, 'to client: insert close_notify, change_cipher_spec'].sort();

/** In TLS 1.3, besides: change_cipher_spec, which is ignored during the handshake (5). */
const TLS13 = [
  ...ALWAYS,
  'to client: drop record, change_cipher_spec',
  'to client: insert change_cipher_spec, change_cipher_spec',
  'to client: insert change_cipher_spec, encrypted application_data',
  'to client: repeat record, change_cipher_spec',
  'to client: swap records, change_cipher_spec',
  'to server: drop record, change_cipher_spec',
  'to server: insert change_cipher_spec, change_cipher_spec',
  'to server: insert change_cipher_spec, encrypted application_data',
  'to server: repeat record, change_cipher_spec',
].sort();

/** With two ClientHellos, change_cipher_spec also stands before the second of them. */
const RETRIED = [
  ...TLS13,
  'to client: insert change_cipher_spec, handshake',
  'to server: flip, minor version of change_cipher_spec',
  'to server: insert change_cipher_spec, handshake',
  'to server: swap records, change_cipher_spec',
].sort();

const speaking = (version, more = {}) => ({ minVersion: version, maxVersion: version, ...more });

/** @type {Record<string, Profile>} */
export const PROFILES = {
  'TLS 1.3': { server: speaking('TLSv1.3'), resumes: false, passing: TLS13 },
  'TLS 1.3, resumed': { server: speaking('TLSv1.3'), resumes: true, passing: TLS13 },
  'TLS 1.3, after a HelloRetryRequest': {
    server: speaking('TLSv1.3', { ecdhCurve: 'P-256' }),
    resumes: false,
    passing: RETRIED,
  },
  'TLS 1.2': { server: speaking('TLSv1.2'), resumes: false, passing: TLS12 },
  'TLS 1.2, resumed': { server: speaking('TLSv1.2'), resumes: true, passing: TLS12 },
};

/** @typedef {(servers: { hostname: string, port: number }[]) => Promise<Awaited<ReturnType<typeof import('../exchange.js').exchange>>[]>} Exchanges */

/**
 * Runs connections, and asserts what must hold for each: what is delivered is a prefix of what was sent, and all of it
 * is delivered only if the change is one that passes.
 * @param {Profile} profile
 * @param {(fields: import('./proxy.js').Seen['fields']) => import('./proxy.js').Plan[]} plansOf
 * @param {Exchanges} exchangeAll
 *   exchanges with each of these servers, one after the other
 * @param {{ lanes?: number, relayed?: (ports: number[]) => Promise<unknown> }} [options] how many connections run at once,
 *   and what must know the proxies' ports
 * @returns {Promise<{ connections: number, passing: string[] }>} the changes that passed
 */
export async function tamper(profile, plansOf, exchangeAll, { lanes = 1, relayed = async () => {} } = {}) {
  const server = await startTampered(profile.server);
  const isTls12 = profile.server.maxVersion === 'TLSv1.2';
  const proxies = [];
  try {
    for (let lane = 0; lane < lanes; lane += 1) proxies.push(await startTamperer(server.port, { isTls12 }));
    await relayed(proxies.map(({ port }) => port));
    const runner = new Runner(proxies, exchangeAll, profile.resumes);
    const [unchanged] = await runner.run([undefined]);
    assert.deepEqual(unchanged.outcome, {
      end: 'end',
      count: unchanged.outcome.count,
      isPrefix: true,
      isComplete: true,
    });
    const plans = plansOf(unchanged.seen.fields);
    const results = await runner.run(plans);
    assert.equal(results.length, plans.length);
    assert.equal(server.wrong, 0, 'the server received a prefix of what was sent');
    return { connections: results.length, passing: passingOf(results, unchanged.seen.fields) };
  } finally {
    for (const proxy of proxies) await proxy.close();
    await server.close();
  }
}

/** The number of hosts so far. Sessions are kept by host, so each plan has one of its own. */
let hosts = 0;

/** All names have the same length, so that the connections' bytes are at the same offsets. */
function newHost() {
  hosts += 1;
  return `t${String(hosts).padStart(7, '0')}.tamper.test`;
}

/** Assigns plans to proxies and connections. */
class Runner {
  constructor(proxies, exchangeAll, resumes) {
    this.proxies = proxies;
    this.exchangeAll = exchangeAll;
    this.resumes = resumes;
  }

  async run(plans) {
    const results = [];
    await Promise.all(
      this.proxies.map(async (proxy, lane) => {
        const mine = plans.filter((_, index) => index % this.proxies.length === lane);
        results.push(...(await this.#inLane(proxy, mine)));
      }),
    );
    return results;
  }

  async #inLane(proxy, plans) {
    const each = this.resumes ? 2 : 1;
    const first = proxy.seen.length;
    proxy.plans.push(...plans.flatMap((plan) => (this.resumes ? [undefined, plan] : [plan])));
    const servers = plans.flatMap(() => Array(each).fill({ hostname: newHost(), port: proxy.port }));
    const outcomes = await this.exchangeAll(servers);
    const seen = proxy.seen.slice(first);
    assert.equal(seen.length, servers.length, 'each exchange is one connection');
    return plans.map((plan, index) => {
      const at = each * index + each - 1;
      if (this.resumes) assert.ok(outcomes[at - 1].isComplete, 'the connection before the resumed one');
      return { plan, outcome: outcomes[at], seen: seen[at] };
    });
  }
}

/** Whether only bytes are added, and after all others. */
function isRepeatedEnd({ kind, at }, fields) {
  if (kind === 'repeat') return at === fields.length - 1;
  return kind === 'repeat record' && at === fields.filter((name) => name.startsWith('type')).length - 1;
}

/** The changes that passed, by name; asserts that all others failed. */
function passingOf(results, fields) {
  const passing = new Set();
  for (const { plan, outcome, seen } of results) {
    const title = `${plan.direction}: ${plan.kind}, ${seen.where}`;
    const what = `${title} (at ${plan.at}, bit ${plan.bit}): ${JSON.stringify(outcome)}`;
    assert.notEqual(seen.where, undefined, `not reached: ${JSON.stringify(plan)}`);
    assert.ok(outcome.isPrefix, `not a prefix: ${what}`);
    if (outcome.end !== 'end') continue;
    assert.ok(outcome.isComplete, `ended early: ${what}`);
    passing.add(isRepeatedEnd(plan, fields[plan.direction]) ? `${plan.direction}: ${plan.kind}, the last one` : title);
  }
  return [...passing].sort();
}
