// examples/relay-worker under workerd: one WebSocket for each connection.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket as Ws } from 'ws';
import { freePort, listen } from '../../scripts/servers.js';
import { until } from '../support/events.js';
import { startRelayWorker, TOKEN } from '../support/relays/worker.js';

/** A target that makes `connect()` throw at once. */
const NO_PORT = '127.0.0.1:70000';

let relay;
/** A server whose connections a test serves. */
let server;
let serve;
let closed;
before(async () => {
  server = await listen(net.createServer((socket) => serve(socket.on('error', () => {}))));
  closed = await freePort();
  relay = await startRelayWorker([`127.0.0.1:${server.port}`, `localhost:${closed}`, '*.Example.invalid:80', NO_PORT]);
});
after(async () => {
  await relay?.close();
  await server?.close();
});

/** A carrier to `host:port`. */
function carrierTo(target, url = `${relay.url}/${TOKEN}/${target}`, options = {}) {
  const carrier = new Ws(url, options);
  carrier.on('error', () => {});
  return carrier;
}

const codeOf = (carrier) => once(carrier, 'close').then(([code]) => code);

/** The status with which a carrier is refused. */
async function refused(path, options = {}, { url } = relay) {
  const carrier = carrierTo('', url + path, options);
  const [, response] = await once(carrier, 'unexpected-response');
  carrier.terminate();
  return response.statusCode;
}

test('bytes arrive unchanged in both directions, by each form of the URL', async () => {
  serve = (socket) => socket.pipe(socket);
  const target = `127.0.0.1:${server.port}`;
  for (const path of [`/${TOKEN}/${target}`, `/?token=${TOKEN}&address=${target}`, `/${TOKEN}/?address=${target}`]) {
    const carrier = carrierTo(target, relay.url + path);
    await once(carrier, 'open');
    const sent = Buffer.concat([1, 125, 65_536, 300_003].map((length, i) => Buffer.alloc(length, `part ${i}`)));
    for (let at = 0; at < sent.length; at += 50_000) carrier.send(sent.subarray(at, at + 50_000));
    const chunks = [];
    carrier.on('message', (/** @type {Buffer} */ data) => chunks.push(data));
    await until(() => Buffer.concat(chunks).length >= sent.length);
    assert.deepEqual(Buffer.concat(chunks), sent);
    carrier.close(1000);
    await once(carrier, 'close');
  }
});

test('a request without the token, or for no WebSocket, is refused', async () => {
  for (const path of ['/', `/other/127.0.0.1:${server.port}`, `/?address=127.0.0.1:${server.port}`, '/?token=']) {
    assert.equal(await refused(path), 403, path);
  }
  const response = await fetch(`http://127.0.0.1:${relay.port}/${TOKEN}/127.0.0.1:${server.port}`);
  assert.equal(response.status, 426);
});

test('pages of other origins are refused', async (t) => {
  const origin = 'https://app.example';
  const strict = await startRelayWorker([`127.0.0.1:${server.port}`], { vars: { ORIGINS: origin } });
  t.after(() => strict.close());
  const path = `/${TOKEN}/127.0.0.1:${server.port}`;
  assert.equal(await refused(path, { origin: 'https://other.example' }, strict), 403);
  assert.equal(await refused(path, {}, strict), 403);
  serve = (socket) => socket.end();
  assert.equal(await codeOf(carrierTo('', strict.url + path, { origin })), 1000);
});

test('a target that is not in the list closes the carrier with 1008, one that refuses with 1011', async () => {
  for (const target of [
    `localhost:${server.port}`,
    '127.0.0.1:1',
    'example.invalid:80',
    'badexample.invalid:80',
    'x',
  ]) {
    assert.equal(await codeOf(carrierTo(target)), 1008, target);
  }
  assert.equal(await codeOf(carrierTo('a:1%2F.example.invalid:80')), 1008);
  assert.equal(await codeOf(carrierTo(`localhost:${closed}`)), 1011);
  assert.equal(await codeOf(carrierTo('name.example.invalid:80')), 1011);
  assert.equal(await codeOf(carrierTo(NO_PORT)), 1011);
});

test('addresses that are not public are refused by workerd, unless its configuration allows them', async (t) => {
  const strict = await startRelayWorker([`127.0.0.1:${server.port}`], { network: ['public'] });
  t.after(() => strict.close());
  let connected = false;
  serve = () => {
    connected = true;
  };
  assert.equal(await codeOf(carrierTo('', `${strict.url}/${TOKEN}/127.0.0.1:${server.port}`)), 1011);
  assert.equal(connected, false);
});

test('the end of the target closes the carrier with 1000, behind its last bytes', async () => {
  const last = Buffer.alloc(1_000_000, 'last');
  serve = (socket) => socket.end(last);
  const carrier = carrierTo(`127.0.0.1:${server.port}`);
  let length = 0;
  carrier.on('message', (/** @type {Buffer} */ data) => {
    length += data.length;
  });
  assert.equal(await codeOf(carrier), 1000);
  assert.equal(length, last.length);
});

test('the end of the carrier ends the target, behind what was sent; a lost carrier ends it too', async () => {
  let received = 0;
  let ended = false;
  serve = (socket) =>
    socket
      .on('data', (data) => {
        received += data.length;
      })
      .on('end', () => {
        ended = true;
      });
  const carrier = carrierTo(`127.0.0.1:${server.port}`);
  await once(carrier, 'open');
  carrier.send(Buffer.alloc(3_000_000));
  carrier.close(1000);
  await until(() => ended);
  assert.equal(received, 3_000_000);

  let gone = false;
  let open = false;
  serve = (socket) => {
    open = true;
    socket.resume().on('close', () => {
      gone = true;
    });
  };
  const lost = carrierTo(`127.0.0.1:${server.port}`);
  await once(lost, 'open');
  await until(() => open);
  lost.terminate();
  await until(() => gone);
});

test('a client that sends more than a slow target takes is closed with 1009', async () => {
  serve = (socket) => socket.pause();
  const carrier = carrierTo(`127.0.0.1:${server.port}`);
  await once(carrier, 'open');
  for (let i = 0; i < 64; i++) carrier.send(Buffer.alloc(1024 * 1024 - 100));
  assert.equal(await codeOf(carrier), 1009);
});
