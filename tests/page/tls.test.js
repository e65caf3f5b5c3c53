// TLS in pages, through a relay: every refusal and every acceptance, the facts of connections, and changed bytes.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startRelay } from '../../scripts/servers.js';
import { testInEveryBrowser } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import { ACCEPTANCES } from '../support/tls/acceptances.js';
import { root } from '../support/tls/pki.js';
import { REFUSALS } from '../support/tls/refusals.js';
import { somePlans } from '../support/tls/tamper/plans.js';
import { PROFILES, tamper } from '../support/tls/tamper/run.js';

/** The servers that all browsers connect to, with their rows. */
const servers = [];
/** The ports that the relay may connect to. */
const targets = [];
let relay;
let pages;
before(async () => {
  pages = await servePages();
  relay = await startRelay({ targets });
  for (const row of [...REFUSALS, ...ACCEPTANCES]) {
    const server = await row.start();
    servers.push({ row, server });
    targets.push(server.port);
  }
});
after(async () => {
  for (const running of [relay, pages, ...servers.map(({ server }) => server)]) await running?.close();
});

/** Runs in the page: connects to each server, echoes, and resolves with the failures' codes or the connections' facts. */
async function connectToAll({ relay, servers }) {
  const { WebSocket, connectionOf, tls, wisp } = await import(/** @type {any} */ ('/dist/browser.js'));
  const { toLoopback } = await import(/** @type {any} */ ('/tests/support/tls/exchange.js'));
  const transport = tls(toLoopback(wisp(relay)));
  const connect = ({ host, port, options }) =>
    new Promise((resolve) => {
      const socket = new WebSocket(`wss://${host}:${port}/`, { transport, tls: options });
      let known = {};
      socket.onopen = () => socket.send('hello');
      socket.onmessage = ({ data }) => {
        const { protocol, cipherSuite, group, resumed, alpnProtocol } = connectionOf(socket).tls;
        known = { protocol, cipherSuite, group, resumed, alpnProtocol, echo: data };
        socket.close(1000);
      };
      socket.onclose = () => resolve({ ...known, failure: connectionOf(socket).failure?.code });
    });
  const outcomes = [];
  for (const server of servers) outcomes.push(await connect(server));
  return outcomes;
}

testInEveryBrowser('the same servers are refused and accepted as in Node', async (page) => {
  await page.goto(pages.url);
  const args = servers.map(({ row, server }) => ({ host: row.host, port: server.port, options: row.tls() }));
  const outcomes = await page.evaluate(connectToAll, { relay: relay.url, servers: args });
  assert.equal(outcomes.length, servers.length);
  const wrong = servers.flatMap(({ row }, index) => {
    const outcome = outcomes[index];
    const expected = 'code' in row ? { failure: row.code } : { echo: 'hello', ...row.facts };
    // WebKit's driver returns null for undefined.
    const differs = Object.entries(expected).some(([name, value]) => (outcome[name] ?? undefined) !== value);
    return differs ? [`${row.title}: ${JSON.stringify(outcome)} instead of ${JSON.stringify(expected)}`] : [];
  });
  assert.deepEqual(wrong, []);
});

/** Runs in the page: exchanges with each server, one after the other. */
async function exchangeAll({ relay, servers, ca }) {
  const { tls, wisp } = await import(/** @type {any} */ ('/dist/browser.js'));
  const { exchange, toLoopback } = await import(/** @type {any} */ ('/tests/support/tls/exchange.js'));
  const transport = tls(toLoopback(wisp(relay)), { ca });
  const outcomes = [];
  for (const server of servers) outcomes.push(await exchange(transport, server));
  return outcomes;
}

testInEveryBrowser('exactly the changes that TLS does not authenticate pass through a relay', async (page) => {
  await page.goto(pages.url);
  const profile = PROFILES['TLS 1.3'];
  const exchanged = (servers) => page.evaluate(exchangeAll, { relay: relay.url, servers, ca: root().certPem });
  const relayed = async (ports) => void targets.push(...ports);
  const { connections, passing } = await tamper(profile, (fields) => somePlans(fields, 120), exchanged, { relayed });
  assert.ok(connections >= 200, `${connections}`);
  assert.deepEqual(passing, profile.passing);
});
