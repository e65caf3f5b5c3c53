// Peers of an open connection that violate the protocol, and how connections end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { closeCode, closeFrame, frame } from '../support/servers/frame.js';
import { startAccepting } from '../support/servers/raw.js';
import { next, pause } from './support/sockets.js';

const TEXT = 0x81;
const CLOSE = 0x88;

/** Connects to a server that accepts and then sends bytes; resolves with the outcome on both sides. */
async function meet(bytes, { end = false, reset = false, options = {} } = {}) {
  const received = [];
  const server = await startAccepting((socket) => {
    socket.on('data', (chunk) => received.push(...chunk));
    socket.write(bytes);
    if (reset) setTimeout(() => socket.resetAndDestroy(), 50);
    if (end) socket.end();
  });
  const socket = new WebSocket(server.url, options);
  const events = [];
  for (const type of ['open', 'error']) socket.addEventListener(type, () => events.push(type));
  socket.addEventListener('message', ({ data }) => events.push(data));
  const { code, reason, wasClean } = await next(socket, 'close');
  // The last bytes may still be in flight.
  await pause(50);
  await server.close();
  const close = received.indexOf(CLOSE);
  const sent = close < 0 ? undefined : (closeCode(received.slice(close)) ?? null);
  return { events, code, reason, wasClean, sent, failure: connectionOf(socket).failure?.code };
}

const abnormal = { code: 1006, reason: '', wasClean: false };
/** @type {Record<string, [Buffer, number]>} */
const violations = {
  'a reserved bit': [Buffer.from([0xc1, 0]), 1002],
  'a reserved opcode': [Buffer.from([0x83]), 1002],
  'a masked frame': [Buffer.from([TEXT, 0x80, 0, 0, 0, 0]), 1002],
  'a text that is not UTF-8': [frame(TEXT, [0xff]), 1007],
  'a length that is not minimal': [Buffer.from([0x82, 126, 0, 1, 0]), 1002],
  'a message over the limit': [Buffer.from([0x82, 126, 0x10, 0]), 1009],
};
for (const [name, [bytes, code]] of Object.entries(violations)) {
  test(`${name} fails the connection with ${code}, after the message before it was delivered`, async () => {
    const { failure, ...met } = await meet(Buffer.concat([frame(TEXT, 'good'), bytes]), {
      options: { maxMessageSize: 1_000 },
    });
    assert.deepEqual(met, { events: ['open', 'good', 'error'], ...abnormal, sent: code });
    assert.ok(failure);
  });
}

test("the code and reason of the server's Close frame are in the close event, and the code is echoed", async () => {
  const met = await meet(closeFrame(4001, 'tschüß'), { end: true });
  const expected = { events: ['open'], code: 4001, reason: 'tschüß', wasClean: true, sent: 4001, failure: undefined };
  assert.deepEqual(met, expected);
});

test('a Close frame without a code closes with 1005, even if the server keeps the transport open', async () => {
  const met = await meet(closeFrame(), { options: { closeTimeout: 100 } });
  assert.deepEqual(met, { events: ['open'], code: 1005, reason: '', wasClean: true, sent: null, failure: undefined });
});

test('the end of the transport without a Close frame closes with 1006, without an error event', async () => {
  const met = await meet(frame(TEXT, 'good'), { end: true });
  assert.deepEqual(met, {
    events: ['open', 'good'],
    ...abnormal,
    sent: undefined,
    failure: 'closed-without-close-frame',
  });
});

test('a reset of the connection fires error, then close 1006', async () => {
  const { events, code, failure } = await meet(Buffer.alloc(0), { reset: true });
  assert.deepEqual([events.at(-1), code], ['error', 1006]);
  assert.equal(failure, 'transport-failed');
});

test('a Close frame that is never answered closes with 1006 after closeTimeout', async () => {
  const server = await startAccepting();
  const socket = new WebSocket(server.url, { closeTimeout: 100 });
  await next(socket, 'open');
  socket.close(1000);
  const { code, wasClean } = await next(socket, 'close');
  assert.deepEqual({ code, wasClean }, { code: 1006, wasClean: false });
  await server.close();
});

test('bufferedAmount does not decrease while the server reads nothing', async () => {
  const server = await startAccepting((socket) => socket.pause());
  const socket = new WebSocket(server.url, { closeTimeout: 100 });
  await next(socket, 'open');
  const size = 32 * 1024 * 1024;
  socket.send(new Uint8Array(size));
  socket.send(new Uint8Array(size));
  await pause(200);
  assert.ok(socket.bufferedAmount > size, `${socket.bufferedAmount}`);
  await server.close();
  await next(socket, 'close');
  assert.ok(socket.bufferedAmount > 0);
});

test('no message is dispatched after close()', async () => {
  const server = await startAccepting((socket) => {
    socket.write(Buffer.concat([frame(TEXT, 'one'), frame(TEXT, 'two'), closeFrame()]));
  });
  const socket = new WebSocket(server.url, { closeTimeout: 100 });
  const events = [];
  socket.onmessage = ({ data }) => {
    events.push(data);
    socket.close();
  };
  await next(socket, 'close');
  assert.deepEqual(events, ['one']);
  await server.close();
});
