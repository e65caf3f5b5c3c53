// examples/relay-node: one WebSocket for each connection, whose messages are the bytes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket as Ws } from 'ws';
import { freePort, listen } from '../../scripts/servers.js';
import { pause, until } from '../support/events.js';
import { startRelayNode, TOKENS } from '../support/relays/node.js';

/** More than all buffers between a target and a client, in bytes. */
const MUCH = 64 * 1024 * 1024;

let relay;
/** A server whose connections a test serves. */
let server;
let serve;
let closed;
before(async () => {
  server = await listen(net.createServer({ allowHalfOpen: true }, (socket) => serve(socket.on('error', () => {}))));
  closed = await freePort();
  relay = await startRelayNode([`127.0.0.1:${server.port}`, `localhost:${server.port}`, `localhost:${closed}`]);
});
after(async () => {
  await relay?.close();
  await server?.close();
});

/** A carrier to `host:port`. */
function carrierTo(target, options = {}) {
  const carrier = new Ws(`${relay.url}/${TOKENS[1]}/${target}`, options);
  carrier.on('error', () => {});
  return carrier;
}

const closeOf = async (carrier) => {
  const [code, reason] = await once(carrier, 'close');
  return { code, reason: String(reason) };
};

test('bytes of any length arrive unchanged in both directions, whatever the messages', async () => {
  serve = (socket) => socket.pipe(socket);
  const carrier = carrierTo(`127.0.0.1:${server.port}`);
  await once(carrier, 'open');
  const sent = Buffer.concat([1, 125, 65_536, 131_072, 100_003].map((length, i) => Buffer.alloc(length, `part ${i}`)));
  for (let at = 0; at < sent.length; at += 100_000) carrier.send(sent.subarray(at, at + 100_000));
  const chunks = [];
  carrier.on('message', (data, isBinary) => {
    assert.ok(isBinary);
    chunks.push(data);
  });
  await until(() => Buffer.concat(chunks).length >= sent.length);
  assert.deepEqual(Buffer.concat(chunks), sent);
  carrier.close();
  await once(carrier, 'close');
});

test('what is sent before the target is connected arrives', async () => {
  let received = '';
  serve = (socket) => socket.on('data', (data) => (received += data));
  const carrier = carrierTo(`localhost:${server.port}`);
  carrier.once('open', () => carrier.send('at once'));
  await until(() => received === 'at once');
  carrier.close();
  await once(carrier, 'close');
});

test('the end of the target closes the carrier with 1000, behind its last bytes; that of the client ends the target', async () => {
  const last = Buffer.alloc(1_000_000, 'last');
  serve = (socket) => socket.end(last);
  const carrier = carrierTo(`127.0.0.1:${server.port}`);
  let length = 0;
  carrier.on('message', (/** @type {Buffer} */ data) => (length += data.length));
  assert.equal((await closeOf(carrier)).code, 1000);
  assert.equal(length, last.length);

  let ended = false;
  serve = (socket) => socket.resume().on('end', () => (ended = true));
  const other = carrierTo(`127.0.0.1:${server.port}`);
  await once(other, 'open');
  other.close(1000);
  await until(() => ended);
});

test('a reset of the target closes the carrier with 1011, and a lost carrier closes the target', async () => {
  serve = (socket) => socket.resetAndDestroy();
  assert.equal((await closeOf(carrierTo(`127.0.0.1:${server.port}`))).code, 1011);

  let gone = false;
  serve = (socket) =>
    socket
      .resume()
      .on('end', () => socket.end())
      .on('close', () => (gone = true));
  const carrier = carrierTo(`127.0.0.1:${server.port}`);
  await once(carrier, 'open');
  carrier.terminate();
  await until(() => gone);
});

test('a target that is refused closes the carrier with a code for the reason', async () => {
  assert.deepEqual(await closeOf(carrierTo('127.0.0.1:1')), {
    code: 1008,
    reason: 'the target is not in the allow list',
  });
  assert.deepEqual(await closeOf(carrierTo(`localhost:${closed}`)), { code: 1011, reason: 'ECONNREFUSED' });
  assert.deepEqual(await closeOf(carrierTo('no-port')), { code: 1011, reason: "'no-port' isn't host:port" });
});

test('a client that does not read stops the target, and a target that does not read stops the client', async () => {
  let sent = 0;
  let full = false;
  serve = async (socket) => {
    const chunk = Buffer.alloc(65_536);
    while (sent < MUCH && socket.writable) {
      sent += chunk.length;
      if (!socket.write(chunk)) {
        full = true;
        await once(socket, 'drain');
        full = false;
      }
    }
  };
  const reader = carrierTo(`127.0.0.1:${server.port}`);
  await once(reader, 'open');
  reader.pause();
  await until(() => full);
  assert.ok(sent < MUCH, `${sent} bytes`);
  let length = 0;
  reader.on('message', (/** @type {Buffer} */ data) => (length += data.length));
  reader.resume();
  await until(() => length === MUCH);
  reader.terminate();

  let paused;
  serve = (socket) => (paused = socket.pause());
  const writer = carrierTo(`127.0.0.1:${server.port}`);
  await once(writer, 'open');
  await until(() => paused);
  for (let written = 0; written < MUCH; written += 100_000) writer.send(Buffer.alloc(100_000));
  let before;
  do {
    before = writer.bufferedAmount;
    await pause(200);
  } while (writer.bufferedAmount !== before);
  assert.ok(before > MUCH / 2, `${before} bytes wait at the client`);
  let taken = 0;
  paused.on('data', (data) => (taken += data.length)).resume();
  await until(() => writer.bufferedAmount === 0 && taken >= MUCH);
  writer.terminate();
});
