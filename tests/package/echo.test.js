// Messages of every kind to an echo server: over tcp (the default), through a relay, and over a user's transport.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';
import { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';
import { connectionOf, WebSocket, wisp } from 'websocket-wasm';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { echoed, next, open, shut } from './support/sockets.js';

let echo;
let relay;
const transports = {
  tcp: () => undefined,
  wisp: () => wisp(relay.url, { WebSocket }),
  "a user's function":
    () =>
    ({ hostname, port }) =>
      Duplex.toWeb(net.connect(port, hostname)),
};

before(async () => {
  echo = await startEcho();
  relay = await startRelay({ targets: [echo.port] });
});
after(async () => {
  await relay.close();
  await echo.close();
});

for (const [name, transport] of Object.entries(transports)) {
  test(`${name}: text comes back unchanged`, async () => {
    const socket = await open(echo.url, { transport: transport() });
    for (const text of ['', 'plain', 'zwölf €', '\u{1F600}', 'nul \0 in it', 'x'.repeat(70_000)]) {
      assert.equal(await echoed(socket, text), text);
    }
    assert.equal(await echoed(socket, 'a lone \uD800 surrogate'), 'a lone \uFFFD surrogate');
    await shut(socket);
  });

  test(`${name}: bytes of every kind come back unchanged`, async () => {
    const socket = await open(echo.url, { transport: transport() });
    const buffer = Uint8Array.from({ length: 64 }, (_, i) => 255 - i).buffer;
    const views = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint32Array, Float64Array, BigInt64Array];
    const kinds = [
      [buffer, new Uint8Array(buffer)],
      [new ArrayBuffer(0), new Uint8Array()],
      [new DataView(buffer, 3, 10), new Uint8Array(buffer, 3, 10)],
      [new Blob([buffer, 'tail']), new Uint8Array([...new Uint8Array(buffer), ...Buffer.from('tail')])],
      ...views.map((View) => [new View(buffer, 8, 2), new Uint8Array(buffer, 8, 2 * View.BYTES_PER_ELEMENT)]),
    ];
    for (const [sent, bytes] of kinds) {
      const data = await echoed(socket, sent);
      assert.ok(data instanceof ArrayBuffer, sent.constructor.name);
      assert.deepEqual(new Uint8Array(data), bytes, sent.constructor.name);
    }
    socket.binaryType = 'blob';
    const blob = await echoed(socket, buffer);
    assert.ok(blob instanceof Blob);
    assert.deepEqual(await blob.arrayBuffer(), buffer);
    await shut(socket);
  });

  test(`${name}: a large message, many small ones, and a Blob keep their order`, async () => {
    const socket = await open(echo.url, { transport: transport() });
    const large = crypto.getRandomValues(new Uint8Array(65_536));
    const sent = [new Blob([large, large, large]), ...Array.from({ length: 2_000 }, (_, i) => `${i}`), 'end'];
    const received = [];
    const all = new Promise((resolve) => {
      socket.onmessage = ({ data }) => received.push(data) === sent.length && resolve(undefined);
    });
    for (const data of sent) socket.send(data);
    await all;
    assert.deepEqual(new Uint8Array(received[0]), new Uint8Array([...large, ...large, ...large]));
    assert.deepEqual(received.slice(1), sent.slice(1));
    await shut(socket);
  });

  test(`${name}: the closing handshake carries code and reason`, async () => {
    const socket = await open(echo.url, { transport: transport() });
    socket.close(3456, 'löwe');
    assert.equal(socket.readyState, WebSocket.CLOSING);
    const { code, reason, wasClean } = await next(socket, 'close');
    assert.deepEqual({ code, reason, wasClean }, { code: 3456, reason: 'löwe', wasClean: true });
    assert.equal(socket.readyState, WebSocket.CLOSED);
  });
}

test('send() copies bytes, and close() sends the Close frame after a Blob', async () => {
  const socket = await open(echo.url);
  const bytes = new Uint8Array([1, 2, 3]);
  socket.send(bytes);
  bytes.fill(9);
  assert.deepEqual(new Uint8Array((await next(socket, 'message')).data), new Uint8Array([1, 2, 3]));
  const frames = [];
  connectionOf(socket).trace(({ sent, opcode }) => sent && frames.push(opcode));
  socket.send(new Blob(['last']));
  await shut(socket);
  assert.deepEqual(frames, [2, 8]);
});

test('bufferedAmount counts UTF-8 bytes at once, decreases in a later task, and is kept after the close', async () => {
  const socket = await open(echo.url);
  socket.send('zwölf');
  socket.send(new Uint8Array(10));
  socket.send(new Blob(['four']));
  assert.equal(socket.bufferedAmount, 20);
  await Promise.resolve();
  assert.equal(socket.bufferedAmount, 20, 'unchanged within the task');
  for (let messages = 0; messages < 3; messages += 1) await next(socket, 'message');
  await new Promise(setImmediate);
  assert.equal(socket.bufferedAmount, 0);
  socket.close();
  socket.send('counted');
  assert.equal(socket.bufferedAmount, 7);
  await next(socket, 'close');
  socket.send('ü');
  assert.equal(socket.bufferedAmount, 9);
});

test('a subprotocol is negotiated, and headers are sent', async () => {
  const request = once(echo.sockets, 'connection');
  const socket = await open(echo.url, { protocols: ['first', 'second'], headers: { 'X-Test': 'yes' } });
  assert.equal(socket.protocol, 'first');
  const [, { headers }] = await request;
  assert.equal(headers['x-test'], 'yes');
  await shut(socket);
});

test('ping() resolves with the pong, and the trace shows both frames', async () => {
  const socket = await open(echo.url);
  const frames = [];
  connectionOf(socket).trace((frame) => frames.push([frame.sent, frame.opcode, frame.masked, frame.length]));
  assert.ok((await connectionOf(socket).ping(new Uint8Array(5))) >= 0);
  await assert.rejects(connectionOf(socket).ping(new Uint8Array(126)), TypeError);
  for (const data of [5, null, 'text', {}]) {
    await assert.rejects(connectionOf(socket).ping(/** @type {any} */ (data)), TypeError);
  }
  assert.deepEqual(frames, [
    [true, 9, true, 5],
    [false, 10, false, 5],
  ]);
  await shut(socket);
  await assert.rejects(connectionOf(socket).ping(), { name: 'InvalidStateError' });
});

test('each event is a task of its own: all microtasks run between two messages', async () => {
  const socket = await open(echo.url);
  const seen = [];
  // The next handler is set many microtasks later. In the same task the next message would still get the old one.
  const listen = (i) => {
    socket.onmessage = async ({ data }) => {
      seen.push(`${i}:${data}`);
      for (let hops = 0; hops < 50; hops += 1) await null;
      listen(i + 1);
    };
  };
  listen(0);
  for (let i = 0; i < 100; i += 1) socket.send(`${i}`);
  while (seen.length < 100) await new Promise(setImmediate);
  assert.deepEqual(
    seen,
    Array.from({ length: 100 }, (_, i) => `${i}:${i}`),
  );
  await shut(socket);
});

test('require() returns the same class as import', () => {
  const required = createRequire(import.meta.url)('websocket-wasm');
  assert.equal(required.WebSocket, WebSocket);
});
