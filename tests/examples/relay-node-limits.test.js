// examples/relay-node: the limits of a client, and what a client may do to a relay.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket as Ws } from 'ws';
import { listen } from '../../scripts/servers.js';
import { connectionOf, WebSocket, wisp } from '../package/support/installed.js';
import { echoed, next, shut, until } from '../support/events.js';
import { startRelayNode } from '../support/relays/node.js';
import { sharedEcho } from '../support/servers/echo.js';
import { CLOSE, CONNECT, DATA, packet } from '../support/servers/relay.js';

const echo = sharedEcho();
/** A target that accepts connections and neither reads nor writes. */
let deaf;
const deafened = new Set();
before(async () => {
  deaf = await listen(net.createServer((socket) => void deafened.add(socket.pause().on('error', () => {}))));
});
after(() => deaf.close());

/** A relay that is closed after the test. */
async function started(t, env) {
  const relay = await startRelayNode(
    [echo, deaf].map(({ port }) => `127.0.0.1:${port}`),
    env,
  );
  t.after(() => relay.close());
  return relay;
}

/** Opens a carrier without this package, and waits for the relay's first packet. */
async function carrierOf(url, options = {}) {
  const carrier = new Ws(url, options);
  carrier.on('error', () => {});
  await once(carrier, 'message');
  return carrier;
}

/** CONNECT to a port of 127.0.0.1. */
function connect(id, port) {
  return packet(CONNECT, id, 1, port & 255, port >> 8, ...Buffer.from('127.0.0.1'));
}

const closed = (carrier) => once(carrier, 'close').then(([code]) => code);

test('sockets above the limit are refused until others close, whichever carrier they are in', async (t) => {
  const relay = await started(t, { RELAY_MAX_SOCKETS: '2' });
  const through = () =>
    new WebSocket(echo.url, { transport: wisp(relay.wisp, { WebSocket: /** @type {any} */ (Ws) }) });
  const sockets = [through(), through()];
  await Promise.all(sockets.map((socket) => next(socket, 'open')));
  const third = through();
  await next(third, 'close');
  assert.equal(connectionOf(third).failure?.code, 'relay-throttled');
  const single = new Ws(relay.template.replace('{hostname}:{port}', `127.0.0.1:${echo.port}`));
  assert.equal(await closed(single), 1013);
  await shut(sockets[0]);
  await relay.becomes(({ sockets }) => sockets === 1);
  const fourth = through();
  await next(fourth, 'open');
  assert.equal(await echoed(fourth, 'again'), 'again');
  await shut(fourth);
  await shut(sockets[1]);
});

test('carriers above the limit are refused until others close; the balancer says whose they are', async (t) => {
  const relay = await started(t, { RELAY_MAX_CARRIERS: '1', RELAY_TRUST_PROXY: '1' });
  const from = (address) => ({ headers: { 'x-forwarded-for': `198.51.100.99, ${address}` } });
  const first = await carrierOf(relay.wisp, from('198.51.100.1'));
  const second = new Ws(relay.wisp, from('198.51.100.1'));
  second.on('error', () => {});
  const [, response] = await once(second, 'unexpected-response');
  assert.equal(response.statusCode, 429);
  second.terminate();
  const other = await carrierOf(relay.wisp, from('198.51.100.2'));
  first.close();
  await closed(first);
  await relay.becomes(({ carriers }) => carriers === 1);
  (await carrierOf(relay.wisp, from('198.51.100.1'))).terminate();
  other.terminate();
});

test('a message above the limit ends its carrier, and no other', async (t) => {
  const relay = await started(t, { RELAY_MAX_MESSAGE: '1000' });
  const other = await carrierOf(relay.wisp);
  const carrier = await carrierOf(relay.wisp);
  carrier.send(Buffer.alloc(1001));
  assert.equal(await closed(carrier), 1009);
  assert.equal(other.readyState, Ws.OPEN);
  other.terminate();
});

test('the sockets of a carrier that failed are closed, and count no longer', async (t) => {
  const relay = await started(t, { RELAY_MAX_MESSAGE: '1000' });
  const carrier = await carrierOf(relay.wisp);
  for (let id = 1; id <= 3; id++) carrier.send(connect(id, deaf.port));
  await relay.becomes(({ sockets }) => sockets === 3);
  carrier.send(Buffer.alloc(1001));
  assert.equal(await closed(carrier), 1009);
  await relay.becomes(({ carriers, sockets }) => carriers === 0 && sockets === 0);
});

test('a socket without traffic is closed, with the reason', async (t) => {
  const relay = await started(t, { RELAY_IDLE_TIMEOUT: '0.2' });
  const carrier = await carrierOf(relay.wisp);
  carrier.send(connect(1, deaf.port));
  const [data] = await once(carrier, 'message');
  assert.deepEqual(data, packet(CLOSE, 1, 0x47));
  carrier.terminate();
});

test('a client that sends more packets than the relay allowed loses its carrier', async (t) => {
  const relay = await started(t, { RELAY_MAX_SOCKETS: '1000' });
  const other = await carrierOf(relay.wisp);
  const carrier = await carrierOf(relay.wisp);
  carrier.send(connect(1, deaf.port));
  // Within the credit, more than the buffers of the target's connection take.
  const data = packet(DATA, 1, ...Buffer.alloc(60_000));
  for (let i = 0; i < 32; i++) carrier.send(data);
  await until(() => carrier.bufferedAmount === 0);
  assert.equal(carrier.readyState, Ws.OPEN);
  // At once: after a Close frame the client might send on.
  for (let i = 0; i < 1000; i++) carrier.send(data);
  assert.equal(await closed(carrier), 1006);
  // Empty ones take memory, too.
  const empty = await carrierOf(relay.wisp);
  empty.send(connect(1, deaf.port));
  for (let i = 0; i < 100; i++) empty.send(data);
  for (let i = 0; i < 20_000; i++) empty.send(packet(DATA, 1));
  assert.equal(await closed(empty), 1006);
  assert.equal(other.readyState, Ws.OPEN);
  other.terminate();
  await relay.becomes(({ sockets }) => sockets === 0);
});

test('a carrier may send anything: bad packets are ignored, and a number that is in use is not taken again', async (t) => {
  const relay = await started(t);
  const carrier = await carrierOf(relay.wisp);
  carrier.send(connect(1, echo.port));
  carrier.send(connect(1, deaf.port));
  carrier.send(connect(0, deaf.port));
  carrier.send('text');
  carrier.send(Buffer.alloc(0));
  carrier.send(Buffer.of(1, 2));
  carrier.send(packet(99, 7, 1));
  carrier.send(packet(CLOSE, 77, 2));
  carrier.send(packet(DATA, 77, 1));
  carrier.send(packet(DATA, 1, ...Buffer.from('GET / HTTP/1.1\r\nHost: echo\r\n\r\n')));
  const [answer] = await once(carrier, 'message');
  assert.match(String(answer), /HTTP\/1\.1 426/);
  assert.equal((await relay.health()).sockets <= 1, true);
  carrier.terminate();
  await relay.becomes(({ carriers }) => carriers === 0);
});

test('sockets of a carrier that is gone are closed, also those that were connecting', async (t) => {
  const relay = await started(t);
  const carrier = await carrierOf(relay.wisp);
  for (let id = 1; id <= 50; id++) carrier.send(connect(id, deaf.port));
  carrier.terminate();
  await relay.becomes(({ carriers, sockets }) => carriers === 0 && sockets === 0);
});
