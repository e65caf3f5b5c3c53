// needs: nginx
// Two of examples/relay-node behind nginx: sockets are spread, and new ones go to the relay that is left.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startEcho } from '../../scripts/servers.js';
import { until } from '../support/events.js';
import { startRelayNode, TOKENS } from '../support/relays/node.js';
import { EchoClient, KINDS } from './support/load.js';
import { startNginx } from './support/nginx.js';

let echo;
let relays;
let balancer;
before(async () => {
  echo = await startEcho();
  const start = () => startRelayNode([`127.0.0.1:${echo.port}`], { RELAY_TRUST_PROXY: '1', RELAY_MAX_CARRIERS: '100' });
  relays = [await start(), await start()];
  balancer = await startNginx(relays.map(({ port }) => port));
});
after(async () => {
  await balancer?.close();
  for (const relay of relays ?? []) await relay.close();
  await echo?.close();
});

/** Opens pages with a socket each, of each kind of transport. */
async function openPages(count) {
  const clients = Object.values(KINDS).flatMap((kind) =>
    Array.from({ length: count }, () => new EchoClient(echo.url, kind(`ws://127.0.0.1:${balancer.port}`, TOKENS[1]))),
  );
  await Promise.all(clients.map((client) => client.open()));
  return clients;
}

test('sockets are spread and echo; when a relay is killed, those of the other go on, and new ones open', async () => {
  const clients = await openPages(6);
  const [one, two] = await Promise.all(relays.map((relay) => relay.health()));
  assert.ok(Math.abs(one.carriers - two.carriers) <= 1, JSON.stringify([one, two]));
  relays[0].signal('SIGKILL');
  await until(() => clients.filter(({ failures }) => failures.length > 0).length === one.sockets);
  const rest = clients.filter(({ failures }) => failures.length === 0);
  const late = await openPages(4);
  assert.equal((await relays[1].health()).sockets, rest.length + late.length);
  const all = [...rest, ...late];
  const before = all.map(({ echoed }) => echoed);
  await until(() => all.every(({ echoed }, i) => echoed >= before[i] + 20));
  for (const { errors } of all) assert.deepEqual(errors, []);
  await Promise.all(all.map((client) => client.stop()));
});
