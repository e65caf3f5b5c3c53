// examples/relay-node, run as a program, with this package as its client: who may do what.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket as Ws } from 'ws';
import { freePort, startEcho } from '../../scripts/servers.js';
import { connectionOf, WebSocket, wisp } from '../package/support/installed.js';
import { echoed, next, pause, shut, until } from '../support/events.js';
import { startRelayNode, TOKENS } from '../support/relays/node.js';
import { CLOSE, CONNECT, CONTINUE, DATA, packet } from '../support/servers/relay.js';
import { localhost, root } from '../support/tls/pki.js';
import { startTls } from '../support/tls/server.js';

/** Wisp v2's packet of the handshake. */
const INFO = 5;

let echo;
let encrypted;
let relay;
/** A port on which nothing listens. */
let closed;
before(async () => {
  closed = await freePort();
  echo = await startEcho();
  encrypted = await startTls({ certificate: localhost() });
  const own = [encrypted.port, echo.port];
  relay = await startRelayNode([
    ...own.map((port) => `127.0.0.1:${port}`),
    `localhost:${encrypted.port}`,
    `localhost:${closed}`,
  ]);
});
after(async () => {
  await relay?.close();
  await encrypted?.close();
  await echo?.close();
});

/** A socket through a relay. */
function through(url, target = echo.url, options = {}) {
  return new WebSocket(target, { transport: wisp(url, { WebSocket: /** @type {any} */ (Ws), ...options }) });
}

/** The code with which a socket through a relay fails. */
async function failure(...args) {
  const socket = through(.../** @type {[any]} */ (args));
  await next(socket, 'close');
  return connectionOf(socket).failure?.code;
}

/** The status with which a relay refuses a carrier; undefined if it opens. */
async function refused(url, options = {}) {
  const carrier = new Ws(url, options);
  carrier.on('error', () => {});
  const status = await Promise.race([
    once(carrier, 'unexpected-response').then(([, response]) => response.statusCode),
    once(carrier, 'open').then(() => undefined),
  ]);
  carrier.terminate();
  return status;
}

test('a token in the path or in the query opens a carrier, and an allowed target echoes', async () => {
  const [escaped, plain] = TOKENS.map(encodeURIComponent);
  for (const path of [`/${plain}/`, `/${escaped}/`, `/?token=${plain}`, `/?token=${escaped}`]) {
    const socket = through(relay.url + path);
    await next(socket, 'open');
    assert.equal(await echoed(socket, path), path);
    const bytes = Buffer.alloc(300_000, path);
    socket.binaryType = 'arraybuffer';
    assert.deepEqual(Buffer.from(await echoed(socket, bytes)), bytes);
    assert.equal((await shut(socket)).wasClean, true);
  }
});

test('another token, none, and a path that is none of its own are refused', async () => {
  for (const path of ['/', '/third-token/', '/?token=third-token', `/?token=`, `/third-token/127.0.0.1:${echo.port}`]) {
    assert.equal(await refused(relay.url + path), 403, path);
  }
  assert.equal(await refused(`${relay.url}/${TOKENS[1]}`), 404);
  assert.equal(await refused(`${relay.url}/${TOKENS[1]}/one/two`), 404);
  assert.equal(await failure(`${relay.url}/third-token/`), 'relay-unreachable');
});

test('a target that is not in the list is refused, by its name and by its port', async () => {
  assert.equal(await failure(relay.wisp, `ws://localhost:${echo.port}/`), 'relay-blocked');
  assert.equal(await failure(relay.wisp, 'ws://127.0.0.1:8/'), 'relay-blocked');
  assert.equal(await failure(relay.wisp, 'ws://metadata.test:80/'), 'relay-blocked');
  const refusals = relay.log.filter(({ event, kind }) => event === 'target refused' && kind === 'blocked');
  assert.ok(refusals.some(({ hostname, port }) => hostname === 'metadata.test' && port === 80));
});

test('the log has the targets of each client, and no token', async () => {
  const before = relay.log.length;
  const socket = through(relay.wisp);
  await next(socket, 'open');
  await shut(socket);
  const opened = () => relay.log.slice(before).find(({ event }) => event === 'target opened');
  await until(opened);
  assert.deepEqual(
    { ...opened(), time: '' },
    {
      ...{ time: '', event: 'target opened', client: '127.0.0.1', hostname: '127.0.0.1', port: echo.port },
    },
  );
  for (const token of TOKENS) assert.ok(!JSON.stringify(relay.log).includes(token));
});

test('a target that refuses has a code of its own, and other sockets of the carrier go on', async () => {
  const other = through(relay.wisp);
  await next(other, 'open');
  assert.equal(await failure(relay.wisp, `ws://localhost:${closed}/`), 'connect-refused');
  assert.equal(await echoed(other, 'still here'), 'still here');
  await shut(other);
});

test('a wss: server is reached, and its certificate verified, through the relay', async () => {
  const url = `wss://localhost:${encrypted.port}/`;
  const socket = through(relay.wisp, url, { tls: { ca: root().certPem } });
  await next(socket, 'open');
  assert.equal(await echoed(socket, 'encrypted'), 'encrypted');
  assert.equal(connectionOf(socket).tls?.protocol, 'TLSv1.3');
  await shut(socket);
  assert.match(`${await failure(relay.wisp, url)}`, /^tls-certificate-/);
});

test('a client that offers a subprotocol speaks version 2 of Wisp, any other version 1', async () => {
  const first = new Ws(relay.wisp);
  assert.deepEqual((await once(first, 'message'))[0], packet(CONTINUE, 0, 32, 0, 0, 0));
  first.terminate();

  const carrier = new Ws(relay.wisp, 'wisp-v2');
  assert.deepEqual((await once(carrier, 'message'))[0], packet(INFO, 0, 2, 0));
  assert.equal(carrier.protocol, 'wisp-v2');
  carrier.send(packet(INFO, 0, 2, 0));
  assert.deepEqual((await once(carrier, 'message'))[0], packet(CONTINUE, 0, 32, 0, 0, 0));
  carrier.send(packet(CONNECT, 1, 1, 8, 0, ...Buffer.from('127.0.0.1')));
  assert.deepEqual((await once(carrier, 'message'))[0], packet(CLOSE, 1, 0x48));
  carrier.terminate();
});

test('a stream of another type than TCP is refused, and no datagram is sent', async (t) => {
  const udp = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => udp.close());
  await once(udp, 'listening');
  const datagram = once(udp, 'message').then(() => assert.fail('a datagram arrived'));
  const carrier = new Ws(relay.wisp);
  t.after(() => carrier.terminate());
  await once(carrier, 'message');
  // One that is allowed by TCP, and one that isn't.
  for (const port of [echo.port, udp.address().port]) {
    for (const type of [0, 2, 3, 255]) {
      carrier.send(packet(CONNECT, 1, type, port & 255, port >> 8, ...Buffer.from('127.0.0.1')));
      carrier.send(packet(DATA, 1, 1));
      const [answer] = await Promise.race([once(carrier, 'message'), datagram]);
      assert.deepEqual(answer, packet(CLOSE, 1, 0x48), `type ${type}`);
    }
  }
});

test('a stream of any type that is closed in the same segment leaves the relay running', async () => {
  for (const type of [0, 1, 2, 3]) {
    const carrier = new Ws(relay.wisp);
    await once(carrier, 'message');
    const { _socket } = /** @type {any} */ (carrier);
    _socket.cork();
    carrier.send(packet(CONNECT, 1, type, echo.port & 255, echo.port >> 8, ...Buffer.from('127.0.0.1')));
    carrier.send(packet(CLOSE, 1, 2));
    _socket.uncork();
    carrier.close();
    await once(carrier, 'close');
    assert.equal((await relay.health()).status, 200, `type ${type}`);
  }
});

test('a name that is cut at a zero character is refused', async (t) => {
  const strict = await startRelayNode([`*.example.invalid:${echo.port}`]);
  t.after(() => strict.close());
  const carrier = new Ws(strict.wisp);
  await once(carrier, 'message');
  const name = Buffer.from('127.0.0.1\0.example.invalid');
  carrier.send(packet(CONNECT, 1, 1, echo.port & 255, echo.port >> 8, ...name));
  carrier.send(packet(DATA, 1, ...Buffer.from('GET / HTTP/1.1\r\nHost: echo\r\n\r\n')));
  assert.deepEqual((await once(carrier, 'message'))[0], packet(CLOSE, 1, 0x48));
  carrier.terminate();
});

test('the connection of a carrier that was refused is closed, also if the client keeps its side open', async (t) => {
  const client = net.connect({ port: relay.port, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => client.destroy());
  client.resume();
  client.write('GET /wrong/ HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await once(client, 'end');
  // Only a connection that the relay has closed in both directions is reset by what the client sends.
  let reset = false;
  client.on('error', () => (reset = true));
  while (!reset) {
    client.write('more');
    await pause(5);
  }
});

test('addresses that are not public are refused unless they are allowed, whatever the name', async (t) => {
  const targets = [`localhost:${echo.port}`, `127.0.0.1:${echo.port}`, `[::ffff:127.0.0.1]:${echo.port}`];
  const strict = await startRelayNode(targets, { RELAY_ALLOW_PRIVATE: '0' });
  t.after(() => strict.close());
  for (const target of [...targets, `[::ffff:7f00:1]:${echo.port}`]) {
    assert.equal(await failure(strict.wisp, `ws://${target}/`), 'relay-blocked', target);
  }
});

test('pages of other origins are refused', async (t) => {
  const origin = 'https://app.example';
  const strict = await startRelayNode([`127.0.0.1:${echo.port}`], { RELAY_ORIGINS: origin });
  t.after(() => strict.close());
  assert.equal(await refused(strict.wisp, { origin }), undefined);
  assert.equal(await refused(strict.wisp, { origin: 'https://other.example' }), 403);
  assert.equal(await refused(strict.wisp), 403);
});

test('without a token or a target the relay does not start', async () => {
  await assert.rejects(startRelayNode(['127.0.0.1:1'], { RELAY_TOKENS: '' }), /ended with 1/);
  await assert.rejects(startRelayNode([]), /ended with 1/);
  await assert.rejects(startRelayNode(['127.0.0.1']), /ended with 1/);
});
