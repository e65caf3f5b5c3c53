// What an open connection's peer may do wrong, and how connections end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { acceptance, startRaw } from '../support/servers/raw.js';
import { next, pause } from './support/sockets.js';

const TEXT = 0x81;
const CLOSE = 0x88;
/** A frame from the server; with its first byte. */
const frame = (first, payload) => Buffer.from([first, payload.length, ...Buffer.from(payload)]);

/** Connects to a server that accepts and then writes those bytes; tells what came of it. */
async function meet(bytes, { end = false, reset = false, options = {} } = {}) {
  const received = [];
  const server = await startRaw((socket, request) => {
    socket.on('data', (chunk) => received.push(...chunk));
    socket.write(Buffer.concat([Buffer.from(acceptance(request)), bytes]));
    if (reset) setTimeout(() => socket.resetAndDestroy(), 50);
    if (end) socket.end();
  });
  const socket = new WebSocket(server.url, options);
  const events = [];
  for (const type of ['open', 'error']) socket.addEventListener(type, () => events.push(type));
  socket.addEventListener('message', ({ data }) => events.push(data));
  const { code, reason, wasClean } = await next(socket, 'close');
  // The last bytes may still be on their way.
  await pause(50);
  await server.close();
  const close = received.indexOf(CLOSE);
  const sent = close < 0 ? undefined : unmask(received.slice(close));
  return { events, code, reason, wasClean, sent, failure: connectionOf(socket).failure?.code };
}

/** The code in a masked Close frame. */
function unmask(frame) {
  const key = frame.slice(2, 6);
  const bytes = frame.slice(6, 6 + (frame[1] & 0x7f)).map((byte, i) => byte ^ key[i % 4]);
  return bytes.length < 2 ? null : (bytes[0] << 8) | bytes[1];
}

const abnormal = { code: 1006, reason: '', wasClean: false };
/** @type {Record<string, [Buffer, number]>} */
const breaches = {
  'a reserved bit': [Buffer.from([0xc1, 0]), 1002],
  'a reserved opcode': [Buffer.from([0x83]), 1002],
  'a masked frame': [Buffer.from([TEXT, 0x80, 0, 0, 0, 0]), 1002],
  'a text that is not UTF-8': [frame(TEXT, [0xff]), 1007],
  'a length that is not minimal': [Buffer.from([0x82, 126, 0, 1, 0]), 1002],
  'a message over the limit': [Buffer.from([0x82, 126, 0x10, 0]), 1009],
};
for (const [name, [bytes, code]] of Object.entries(breaches)) {
  test(`${name} fails the connection with ${code}, behind the good message before it`, async () => {
    const { failure, ...met } = await meet(Buffer.concat([frame(TEXT, 'good'), bytes]), {
      options: { maxMessageSize: 1_000 },
    });
    assert.deepEqual(met, { events: ['open', 'good', 'error'], ...abnormal, sent: code });
    assert.ok(failure);
  });
}

test('the server closes with code and reason', async () => {
  const met = await meet(frame(CLOSE, [0x0f, 0xa1, ...Buffer.from('tschüß')]), { end: true });
  const expected = { events: ['open'], code: 4001, reason: 'tschüß', wasClean: true, sent: 4001, failure: undefined };
  assert.deepEqual(met, expected);
});

test('the server closes without a code, and leaves the transport open', async () => {
  const met = await meet(frame(CLOSE, []), { options: { closeTimeout: 100 } });
  assert.deepEqual(met, { events: ['open'], code: 1005, reason: '', wasClean: true, sent: null, failure: undefined });
});

test('the server ends the transport without a Close frame: close 1006, no error', async () => {
  const met = await meet(frame(TEXT, 'good'), { end: true });
  assert.deepEqual(met, {
    events: ['open', 'good'],
    ...abnormal,
    sent: undefined,
    failure: 'closed-without-close-frame',
  });
});

test('the server resets the connection: error, then close 1006', async () => {
  const { events, code, failure } = await meet(Buffer.alloc(0), { reset: true });
  assert.deepEqual([events.at(-1), code], ['error', 1006]);
  assert.equal(failure, 'transport-failed');
});

test('the server never answers the Close frame', async () => {
  const server = await startRaw((socket, request) => socket.write(acceptance(request)));
  const socket = new WebSocket(server.url, { closeTimeout: 100 });
  await next(socket, 'open');
  socket.close(1000);
  const { code, wasClean } = await next(socket, 'close');
  assert.deepEqual({ code, wasClean }, { code: 1006, wasClean: false });
  await server.close();
});

test('a server that never reads holds bufferedAmount up', async () => {
  const server = await startRaw((socket, request) => {
    socket.write(acceptance(request));
    socket.pause();
  });
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

test('no message is dispatched after close() was called', async () => {
  const server = await startRaw((socket, request) => {
    socket.write(acceptance(request));
    socket.write(Buffer.concat([frame(TEXT, 'one'), frame(TEXT, 'two'), frame(CLOSE, [])]));
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
