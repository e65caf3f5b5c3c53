// What no peer can make larger or longer than the options allow (RFC 6455 10.4).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { frame } from '../support/servers/frame.js';
import { acceptance, startRaw } from '../support/servers/raw.js';
import { FAILED, next, open, pause, shut, story } from './support/sockets.js';

const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate';

/** A server that accepts and then writes those bytes. */
function startWriting(bytes, ...headers) {
  return startRaw((socket, request) =>
    socket.write(Buffer.concat([Buffer.from(acceptance(request, ...headers)), bytes])),
  );
}

/** A compressed message of so many zeros. */
const bomb = (size) => frame(0xc2, Buffer.concat([deflateRawSync(Buffer.alloc(size)), Buffer.from([0])]));

async function closed(socket) {
  const { code, wasClean } = await next(socket, 'close');
  return { code, wasClean, failure: connectionOf(socket).failure?.message };
}

test('maxMessageSize: a bomb costs no more than the limit', async () => {
  const limit = 4 * 1024 * 1024;
  const server = await startWriting(bomb(256 * 1024 * 1024), DEFLATE);
  const before = process.memoryUsage().external;
  const { code, failure } = await closed(new WebSocket(server.url, { maxMessageSize: limit }));
  assert.deepEqual([code, failure], [1006, `a message is larger than ${limit} bytes`]);
  const grown = process.memoryUsage().external - before;
  assert.ok(grown < 4 * limit, `${grown} bytes`);
  await server.close();
});

test('highWaterMark: many small bombs in one chunk cost no more than a few of them', async () => {
  const size = 1024 * 1024;
  const server = await startWriting(Buffer.concat(Array(200).fill(bomb(size))), DEFLATE);
  const socket = new WebSocket(server.url, { closeTimeout: 100 });
  socket.binaryType = 'arraybuffer';
  const before = process.memoryUsage().external;
  let most = 0;
  for (let i = 0; i < 200; i += 1) {
    assert.equal((await next(socket, 'message')).data.byteLength, size);
    most = Math.max(most, process.memoryUsage().external - process.memoryUsage().arrayBuffers - before);
  }
  // What the wasm has: the messages themselves are the page's by then.
  assert.ok(most < 32 * size, `${most} bytes`);
  await shut(socket);
  await server.close();
});

test('maxFragments', async () => {
  const fragments = Buffer.concat([
    frame(0x01, Buffer.from('a')),
    ...Array.from({ length: 10 }, () => frame(0x00, Buffer.alloc(0))),
  ]);
  const server = await startWriting(fragments);
  assert.equal(
    (await closed(new WebSocket(server.url, { maxFragments: 10 }))).failure,
    'a message has more than 10 fragments',
  );
  const patient = await open(server.url, { maxFragments: 11 });
  patient.close();
  await server.close();
  await next(patient, 'close');
});

test('maxHeaderSize', async () => {
  const server = await startRaw((socket, request) => socket.write(acceptance(request, `X: ${'x'.repeat(2000)}`)));
  const { failure, ...rest } = await story(server.url, { maxHeaderSize: 1000 });
  assert.deepEqual(rest, FAILED);
  assert.match(failure.message, /more than 1000 bytes/);
  const socket = await open(server.url, { maxHeaderSize: 3000 });
  await server.close();
  await next(socket, 'close');
});

test('maxQueuedPongs: of a flood of pings the latest are answered', async () => {
  const pongs = [];
  const server = await startRaw((socket, request) => {
    const pings = Array.from({ length: 200 }, (_, i) => frame(0x89, Buffer.from([i])));
    socket.write(Buffer.concat([Buffer.from(acceptance(request)), ...pings, frame(0x81, Buffer.from('end'))]));
    socket.on('data', (/** @type {Buffer} */ chunk) => {
      for (let at = 0; at < chunk.length; at += 7) pongs.push(chunk.readUInt8(at + 6) ^ chunk.readUInt8(at + 2));
    });
  });
  const socket = new WebSocket(server.url, { maxQueuedPongs: 5 });
  await next(socket, 'message');
  while (pongs.length === 0) await pause(5);
  assert.deepEqual(pongs, [195, 196, 197, 198, 199]);
  await server.close();
  await next(socket, 'close');
});

test('handshakeTimeout: a server that sends a byte now and then', async () => {
  const server = await startRaw((socket) => {
    const timer = setInterval(() => socket.write('H'), 20);
    socket.on('close', () => clearInterval(timer));
  });
  const silent = await startRaw(() => {});
  for (const { url } of [server, silent]) {
    const { failure, ...rest } = await story(url, { handshakeTimeout: 200 });
    assert.deepEqual(rest, FAILED);
    assert.ok(failure);
  }
  assert.equal(
    (await story(silent.url, { handshakeTimeout: 200 })).failure.message,
    'the opening handshake took too long',
  );
  await server.close();
  await silent.close();
});

test('a server that trickles after the Close frame is waited for no longer than closeTimeout', async () => {
  const server = await startRaw((socket, request) => {
    socket.write(acceptance(request));
    const timer = setInterval(() => socket.write(frame(0x8a, Buffer.from('x'))), 20);
    socket.on('close', () => clearInterval(timer));
  });
  const socket = await open(server.url, { closeTimeout: 200 });
  socket.close(1000);
  const { code, wasClean } = await closed(socket);
  assert.deepEqual([code, wasClean], [1006, false]);
  await server.close();
});

test('limits are numbers of at least 1', () => {
  for (const name of ['maxFragments', 'maxHeaderSize', 'maxMessageSize', 'maxQueuedPongs', 'highWaterMark']) {
    for (const value of [0, -1, 'x']) {
      assert.throws(() => new WebSocket('ws://127.0.0.1:9/', { [name]: value }), {
        name: 'TypeError',
        message: new RegExp(`'${name}'`),
      });
    }
  }
});
