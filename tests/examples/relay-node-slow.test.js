// examples/relay-node: sides that read slowly or not at all, and carriers of clients that are gone.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocketServer, WebSocket as Ws } from 'ws';
import { serveSingle } from '../../examples/relay-node/single.js';
import { listen } from '../../scripts/servers.js';
import { pause, until } from '../support/events.js';
import { startRelayNode } from '../support/relays/node.js';
import { CLOSE, CONNECT, CONTINUE, DATA, packet, start } from '../support/servers/relay.js';

/** More than all buffers between a target and a client, in bytes. */
const MUCH = 64 * 1024 * 1024;

/** A relay with several pings in a test. A client that answers none within half a second loses its carrier. */
let relay;
/** A server whose connections a test serves. */
let server;
let serve;
before(async () => {
  server = await listen(net.createServer((socket) => serve(socket.on('error', () => {}))));
  relay = await startRelayNode([`127.0.0.1:${server.port}`], { RELAY_HEARTBEAT: '0.5' });
});
after(async () => {
  await relay?.close();
  await server?.close();
});

const single = () => relay.template.replace('{hostname}:{port}', `127.0.0.1:${server.port}`);

function carrierTo(url, options = {}) {
  const carrier = new Ws(url, options);
  carrier.on('error', () => {});
  return carrier;
}

/** Resolves once the relay has sent several pings to another carrier, which began after this one. */
async function pings() {
  const carrier = carrierTo(relay.wisp);
  for (let i = 0; i < 3; i++) await once(carrier, 'ping');
  carrier.terminate();
}

/** Sends until the other side takes no more, and the rest when it does. */
async function flood(socket) {
  const chunk = Buffer.alloc(65_536);
  for (let sent = 0; sent < MUCH && socket.writable; sent += chunk.length) {
    if (!socket.write(chunk)) await once(socket, 'drain').catch(() => {});
  }
}

test('a client that does not read keeps its carrier, and gets everything when it reads', async () => {
  serve = flood;
  const carrier = carrierTo(single());
  await once(carrier, 'open');
  carrier.pause();
  await pings();
  let length = 0;
  carrier.on('message', (/** @type {Buffer} */ data) => (length += data.length));
  carrier.resume();
  await until(() => length === MUCH || carrier.readyState === Ws.CLOSED);
  assert.equal(length, MUCH);
  carrier.terminate();
});

test('so does one that does not read the little that waits for it', async () => {
  serve = (socket) => socket.pipe(socket).write('little');
  const carrier = carrierTo(single());
  carrier.once('open', () => carrier.pause());
  await pings();
  carrier.resume();
  assert.equal(`${(await once(carrier, 'message'))[0]}`, 'little');
  carrier.send('more');
  const [answer] = await Promise.race([once(carrier, 'message'), once(carrier, 'close')]);
  assert.equal(`${answer}`, 'more');
  carrier.terminate();
});

test('a client whose target does not read keeps its carrier, whose pongs wait behind what it sent', async () => {
  let target;
  serve = (socket) => (target = socket.pause());
  const carrier = carrierTo(single());
  await once(carrier, 'open');
  for (let written = 0; written < MUCH; written += 100_000) carrier.send(Buffer.alloc(100_000));
  await until(() => target);
  await pings();
  assert.equal(carrier.readyState, Ws.OPEN);
  let taken = 0;
  target.on('data', (data) => (taken += data.length)).resume();
  await until(() => taken >= MUCH || carrier.readyState === Ws.CLOSED);
  assert.ok(taken >= MUCH, `${taken} bytes`);
  carrier.terminate();
});

test('a client of Wisp that does not read for a while keeps its carrier', async () => {
  serve = flood;
  const carrier = carrierTo(relay.wisp);
  await once(carrier, 'message');
  carrier.send(packet(CONNECT, 1, 1, server.port & 255, server.port >> 8, ...Buffer.from('127.0.0.1')));
  await once(carrier, 'message');
  carrier.pause();
  await pings();
  let length = 0;
  carrier.on('message', (/** @type {Buffer} */ data) => (length += data.length - 5));
  carrier.resume();
  await until(() => length > MUCH / 2 || carrier.readyState === Ws.CLOSED);
  assert.equal(carrier.readyState, Ws.OPEN);
  carrier.terminate();
});

test('a client of Wisp that reads and answers no ping loses its carrier', async () => {
  const carrier = carrierTo(relay.wisp, { autoPong: false });
  assert.equal((await once(carrier, 'close'))[0], 1006);
});

test('a carrier that takes nothing for longer than the limit is closed', async (t) => {
  const limited = await startRelayNode([`127.0.0.1:${server.port}`], {
    RELAY_IDLE_TIMEOUT: '0.1',
    RELAY_HEARTBEAT: '0.05',
  });
  t.after(() => limited.close());
  serve = flood;
  const carrier = carrierTo(limited.wisp);
  await once(carrier, 'message');
  carrier.send(packet(CONNECT, 1, 1, server.port & 255, server.port >> 8, ...Buffer.from('127.0.0.1')));
  carrier.pause();
  await limited.becomes(({ carriers, sockets }) => carriers === 0 && sockets === 0);
  carrier.terminate();
});

test('the end of a download waits for a client that is slow', async (t) => {
  // Here the relay's end of the carrier is within reach, so that the last bytes can be sent when it takes no more.
  const carriers = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  t.after(() => carriers.close());
  await once(carriers, 'listening');
  let target;
  serve = (socket) => (target = socket);
  const { port } = /** @type {net.AddressInfo} */ (carriers.address());
  const client = carrierTo(`ws://127.0.0.1:${port}/`);
  t.after(() => client.terminate());
  const [carrier] = await once(carriers, 'connection');
  const socket = net.connect(server.port, '127.0.0.1');
  serveSingle(carrier, async () => socket, `127.0.0.1:${server.port}`);
  await until(() => target);
  client.pause();
  let sent = 0;
  const send = async (text, length) => {
    target.write(Buffer.alloc(length, text));
    sent += length;
    await until(() => socket.bytesRead === sent);
  };
  do {
    while (carrier.bufferedAmount === 0) await send('bulk', 8_000);
    await pause(50);
  } while (carrier.bufferedAmount === 0);
  await send('last', 1_000);
  target.end();
  await once(socket, 'close');
  let length = 0;
  client.on('message', (/** @type {Buffer} */ data) => (length += data.length));
  client.resume();
  assert.equal((await once(client, 'close'))[0], 1000);
  assert.equal(length, sent);
});

test('what a client of Wisp sends before its target is connected arrives, also if it closes the stream by then', async (t) => {
  let received = '';
  const ended = new Promise((resolve) => {
    serve = (socket) => {
      socket.on('data', (chunk) => {
        received += chunk;
      });
      socket.on('close', resolve);
    };
  });
  // Its class is that of wisp-js, which has no types.
  const { serveWisp } = await import(/** @type {any} */ ('../../examples/relay-node/wisp.js'));
  let connect = () => {};
  const wanted = new Promise((resolve) => {
    connect = () => resolve(undefined);
  });
  const slowly = async (_, port) => {
    await wanted;
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  const slow = await start((carrier) => serveWisp(carrier, slowly, { headers: {} }));
  t.after(() => slow.close());
  const carrier = carrierTo(slow.url);
  await once(carrier, 'message');
  carrier.send(packet(CONNECT, 1, 1, server.port & 255, server.port >> 8, ...Buffer.from('127.0.0.1')));
  for (const part of ['first,', 'second']) carrier.send(packet(DATA, 1, ...Buffer.from(part)));
  carrier.send(packet(CLOSE, 1, 2));
  // The relay has received all of it.
  carrier.ping();
  await once(carrier, 'pong');
  connect();
  await ended;
  assert.equal(received, 'first,second');
  carrier.terminate();
});

test('a client that is refused streams without end, and reads nothing, loses its carrier', async (t) => {
  const patient = await startRelayNode([`127.0.0.1:${server.port}`]);
  t.after(() => patient.close());
  const carrier = carrierTo(patient.wisp);
  await once(carrier, 'message');
  let sent = 0;
  serve = (socket) => {
    socket.on('close', () => clearInterval(timer));
    const timer = setInterval(() => {
      while (socket.write(Buffer.alloc(65_536))) sent += 65_536;
    }, 10);
  };
  carrier.send(packet(CONNECT, 1, 1, server.port & 255, server.port >> 8, ...Buffer.from('127.0.0.1')));
  await once(carrier, 'message');
  carrier.pause();
  // All buffers are full by then.
  for (let before = -1; before !== sent; await pause(500)) before = sent;
  const lost = once(carrier, 'close');
  for (let id = 2; id < 2_000; id += 1) carrier.send(packet(CONNECT, id, 1, 1, 0, ...Buffer.from('127.0.0.1')));
  await patient.becomes(({ carriers }) => carriers === 0);
  carrier.resume();
  await lost;
});

test('a client of Wisp gets no more credit than the relay has written packets, whatever is on its way', async () => {
  serve = (socket) => socket.resume();
  const carrier = carrierTo(relay.wisp);
  const [first] = await once(carrier, 'message');
  carrier.send(packet(CONNECT, 1, 1, server.port & 255, server.port >> 8, ...Buffer.from('127.0.0.1')));
  let allowed = 0;
  let written = 0;
  const initial = first.readUInt32LE(5);
  const allow = (count) => {
    allowed += count;
    for (let i = 0; i < count; i += 1) carrier.send(packet(DATA, 1, 0));
  };
  allow(initial);
  while (written < 10 * initial) {
    const [bytes] = await once(carrier, 'message');
    assert.equal(bytes[0], CONTINUE);
    // It comes each time that half of the credit is written.
    written += initial / 2;
    allow(bytes.readUInt32LE(5));
    assert.ok(allowed - written <= initial, `${allowed} were allowed, and ${written} written`);
  }
  carrier.terminate();
});
