// needs: haproxy
// Two of examples/relay-node behind HAProxy, under load: one is drained, killed, replaced. Times are printed only.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, test } from 'node:test';
import { WebSocket as Ws } from 'ws';
import { pause, until } from '../support/events.js';
import { startRelayNode, TOKENS } from '../support/relays/node.js';
import { sharedEcho } from '../support/servers/echo.js';
import { startHaproxy } from './support/haproxy.js';
import { EchoClient, KINDS } from './support/load.js';

/** Pages of each kind of transport, and the sockets of each page. */
const PAGES = 8;
const SOCKETS = 4;

const SETTINGS = {
  RELAY_TRUST_PROXY: '1',
  RELAY_MAX_CARRIERS: '1000',
  RELAY_MAX_SOCKETS: '1000',
  RELAY_DRAIN_TIMEOUT: '600',
};

const echo = sharedEcho();
/** @type {Record<string, Awaited<ReturnType<typeof startRelayNode>>>} */
let relays;
let balancer;
/** @type {EchoClient[]} */
let clients;
beforeEach(async () => {
  relays = { one: await started(), two: await started() };
  balancer = await startHaproxy({ one: relays.one.port, two: relays.two.port });
  await Promise.all(Object.keys(relays).map((name) => balancer.becomes(name, 'UP')));
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.stop().catch(() => {})));
  await balancer?.close();
  for (const relay of Object.values(relays)) await relay.close();
});

const started = (port = 0) => startRelayNode([`127.0.0.1:${echo.port}`], { ...SETTINGS, PORT: `${port}` });

/** Opens pages of each kind, with their sockets. */
async function openPages(count = PAGES) {
  const opened = Object.values(KINDS).flatMap((kind) =>
    Array.from({ length: count }, () => {
      const transport = kind(`ws://127.0.0.1:${balancer.port}`, TOKENS[1]);
      return Array.from({ length: SOCKETS }, () => new EchoClient(echo.url, transport));
    }),
  );
  clients.push(...opened.flat());
  await Promise.all(opened.flat().map((client) => client.open()));
  return opened.flat();
}

/** Lets each of them echo some more, and checks that they did so without a loss. */
async function goOn(some) {
  const before = some.map(({ echoed }) => echoed);
  await until(() => some.every(({ echoed }, i) => echoed >= before[i] + 20));
  for (const { errors } of some) assert.deepEqual(errors, []);
}

const open = async (name) => relays[name].health();
const isIntact = ({ failures }) => failures.length === 0;

test('sockets are spread; those of a drained relay go on, and new ones go to the other', async () => {
  await openPages();
  const before = { one: await open('one'), two: await open('two') };
  assert.ok(Math.abs(before.one.carriers - before.two.carriers) <= 2, JSON.stringify(before));
  await balancer.command('set server relays/one state drain');
  await balancer.becomes('one', 'DRAIN');
  const late = await openPages(2);
  assert.equal((await open('one')).sockets, before.one.sockets);
  assert.equal((await open('two')).sockets, before.two.sockets + late.length);
  await goOn(clients);
  assert.ok(clients.every(isIntact));
});

test('when a drained relay is killed, its sockets fail with a code and reconnect; those of the other lose nothing', async (t) => {
  await openPages();
  await balancer.command('set server relays/one state drain');
  const { sockets } = await open('one');
  const begun = performance.now();
  for (const client of clients) {
    client.onfailure = () => {
      client.onfailure = undefined;
      client.open().catch((error) => client.errors.push(`${error}`));
    };
  }
  relays.one.signal('SIGKILL');
  await until(() => clients.filter(({ openedAt }) => openedAt > begun).length === sockets);
  const failed = clients.filter(({ failures }) => failures.length > 0);
  assert.equal(failed.length, sockets);
  for (const { failures } of failed) {
    assert.equal(failures.length, 1);
    assert.match(failures[0], /^relay-(closed|unreachable)$/);
  }
  await goOn(clients);
  assert.equal((await open('two')).sockets, clients.length);
  const times = failed.map(({ openedAt }) => openedAt - begun).sort((a, b) => a - b);
  const [median, last] = [times[times.length >> 1], times.at(-1) ?? 0].map((time) => time.toFixed(0));
  const messages = clients.reduce((total, { echoed }) => total + echoed, 0);
  t.diagnostic(`${sockets} of ${clients.length} sockets reconnected: median ${median} ms, last ${last} ms`);
  t.diagnostic(`${messages} messages echoed, none lost but those on the way at the kill`);
});

test('a relay that is killed without notice: new sockets go to the other at once, and back when it is replaced', async (t) => {
  await openPages();
  const { port } = relays.one;
  const { sockets } = await open('two');
  const begun = performance.now();
  relays.one.signal('SIGKILL');
  await relays.one.ended;
  // Before the health check notices: the attempt that is refused is repeated with the other relay.
  const late = await openPages(2);
  await balancer.becomes('one', 'DOWN');
  t.diagnostic(`noticed by the health check after ${(performance.now() - begun).toFixed(0)} ms`);
  assert.equal((await open('two')).sockets, sockets + late.length);
  await goOn(clients.filter(isIntact));
  assert.equal(clients.filter(isIntact).length, sockets + late.length);

  relays.one = await started(port);
  await balancer.becomes('one', 'UP');
  const later = await openPages(2);
  assert.equal((await open('one')).sockets, later.length);
  await goOn(later);
});

test('a relay is replaced without a failure: after SIGTERM no new carrier reaches it, and it ends with the last one', async (t) => {
  const first = await openPages(2);
  const { carriers } = await open('one');
  assert.ok(carriers > 0);
  relays.one.signal('SIGTERM');
  const begun = performance.now();
  while (!(await open('one')).draining) await pause();
  // Before the health check notices: a 503 is repeated with the other relay, so that no client sees it.
  const late = await openPages();
  await balancer.becomes('one', 'DOWN');
  t.diagnostic(`taken out by the health check after ${(performance.now() - begun).toFixed(0)} ms`);
  assert.equal((await open('one')).carriers, carriers);
  await goOn(clients);
  assert.ok(clients.every(isIntact));
  await Promise.all(first.map((client) => client.stop()));
  assert.equal(await relays.one.ended, 0);
  await goOn(late);
});

test('the relay sees the address that the balancer adds, whatever the client says', async () => {
  const carrier = new Ws(`ws://127.0.0.1:${balancer.port}/${TOKENS[1]}/`, {
    headers: { 'x-forwarded-for': '198.51.100.7' },
  });
  await once(carrier, 'open');
  const opened = () =>
    Object.values(relays).flatMap(({ log }) => log.filter(({ event }) => event === 'carrier opened'));
  await until(() => opened().length > 0);
  assert.equal(opened()[0].client, '127.0.0.1');
  carrier.terminate();
});
