// The packets between the Wisp transport and its relay.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket, wisp } from 'websocket-wasm';
import { WebSocket as Ws } from 'ws';
import { frame } from '../support/servers/frame.js';
import { startAccepting } from '../support/servers/raw.js';
import { CLOSE, CONNECT, CONTINUE, DATA, packet, startSmallRelay } from '../support/servers/relay.js';
import { echoed, open, shut, until } from './support/sockets.js';
import { connect, echo, failureOf, scripted } from './support/wisp.js';

test('larger messages pass through a relay that accepts messages of at most 64 KiB', async (t) => {
  const small = await startSmallRelay();
  t.after(() => small.close());
  for (const Class of [WebSocket, Ws]) {
    const transport = wisp(small.url, { WebSocket: /** @type {any} */ (Class) });
    const socket = await open(echo.url, { transport, perMessageDeflate: false });
    for (const length of [65_530, 65_536, 5 * 1024 * 1024]) {
      const bytes = new Uint8Array(length).map((_, i) => i * 31);
      assert.deepEqual(new Uint8Array(await echoed(socket, bytes)), bytes, `${length}`);
    }
    await shut(socket);
  }
});

test('invalid and unknown packets are ignored', async (t) => {
  const noise = [
    Buffer.alloc(0),
    Buffer.from([DATA, 1, 0]),
    packet(CONTINUE, 0, 1),
    packet(CONTINUE, 1, 1, 0, 0),
    packet(DATA, 77, 1, 2, 3),
    packet(CONTINUE, 77, 1, 0, 0, 0),
    packet(CLOSE, 77, 2),
    packet(DATA, 0, 1),
    packet(5, 0, 2, 0),
    packet(0xff, 1),
    packet(CONNECT, 1, 1),
  ];
  const running = await scripted(t, (carrier, { type, id, payload }) => {
    if (type === CLOSE) return;
    carrier.send('text');
    for (const bytes of noise) carrier.send(bytes);
    if (type === DATA) carrier.send(packet(DATA, id, ...payload));
  });
  const link = await connect(wisp(running.url, { WebSocket }));
  const received = [];
  const end = new Promise((resolve) => {
    link.open({ data: (chunk) => received.push(...chunk), end: () => resolve('end'), fail: resolve });
  });
  for (let i = 1; i < 5; i += 1) {
    await new Promise((resolve) => link.write(Uint8Array.of(i), () => resolve(undefined)));
    await until(() => received.length === i);
  }
  assert.deepEqual(received, [1, 2, 3, 4]);
  link.end();
  assert.equal(await end, 'end', 'CLOSE ends both directions');
});

/** @type {[number | undefined, string, RegExp][]} */
const reasons = [
  [0x01, 'relay-closed', /reason 0x01/],
  [0x03, 'relay-closed', /network error/],
  [0x41, 'relay-closed', /an invalid request/],
  [0x42, 'host-unreachable', /: host unreachable\./],
  [0x43, 'connect-timeout', /: connect timeout\./],
  [0x44, 'connect-refused', /: connect refused\./],
  [0x47, 'relay-closed', /inactivity/],
  [0x48, 'relay-blocked', /host or port not allowed/],
  [0x49, 'relay-throttled', /limits of this client/],
  [0x99, 'relay-closed', /0x99/],
  [undefined, 'relay-closed', /reason 0x01/],
];
test("each reason of the relay's CLOSE is an error with its code", async (t) => {
  let reason;
  const running = await scripted(t, (carrier, { type, id }) => {
    if (type === CONNECT) carrier.send(packet(CLOSE, id, ...(reason === undefined ? [] : [reason])));
  });
  for (const [value, code, message] of reasons) {
    reason = value;
    const error = await failureOf(wisp(running.url, { WebSocket }));
    assert.equal(error.name, 'ConnectionFailure');
    assert.equal(error.code, code, `${value}`);
    assert.match(error.message, message);
    assert.match(error.message, /relay closed the connection/);
  }
});

test('after a CLOSE for the carrier itself new streams use another carrier, and open ones continue', async (t) => {
  let carriers = 0;
  const running = await scripted(t, (carrier, { type, id, payload }) => {
    if (type === CONNECT && id === 1) carriers += 1;
    if (type === DATA) carrier.send(packet(CLOSE, 0, 0x49));
    if (type === DATA) carrier.send(packet(DATA, id, ...payload));
  });
  const transport = wisp(running.url, { WebSocket });
  const link = await connect(transport);
  const received = [];
  const failed = new Promise((fail) => {
    link.open({ data: (chunk) => received.push(...chunk), end: () => {}, fail });
  });
  link.write(Uint8Array.of(1), () => {});
  await until(() => received.length === 1);
  (await connect(transport)).destroy();
  await until(() => carriers === 2);
  link.write(Uint8Array.of(2), () => {});
  await until(() => received.length === 2);
  await running.close();
  assert.equal(/** @type {any} */ (await failed).code, 'relay-throttled');
});

test('a CLOSE for the carrier itself instead of the first CONTINUE fails with its reason', async (t) => {
  const server = await startAccepting((socket) => socket.write(frame(0x82, packet(CLOSE, 0, 0x48))));
  t.after(() => server.close());
  assert.equal((await failureOf(wisp(server.url, { WebSocket }))).code, 'relay-blocked');
});
