// Limits that no peer can exceed (RFC 6455 10.4).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { frame } from '../support/servers/frame.js';
import { acceptance, startAccepting, startRaw } from '../support/servers/raw.js';
import { FAILED, next, open, shut, story, until } from './support/sockets.js';

const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate';

/** A server that accepts and then sends bytes. */
const startSending = (bytes, ...headers) => startAccepting((socket) => socket.write(bytes), ...headers);

/** A compressed message of `size` zeros. */
const bomb = (size) => frame(0xc2, Buffer.concat([deflateRawSync(Buffer.alloc(size)), Buffer.from([0])]));

async function closed(socket) {
  const { code, wasClean } = await next(socket, 'close');
  return { code, wasClean, failure: connectionOf(socket).failure?.code };
}

test('maxMessageSize bounds the memory for a decompression bomb', async () => {
  const limit = 4 * 1024 * 1024;
  const server = await startSending(bomb(256 * 1024 * 1024), DEFLATE);
  const before = process.memoryUsage().external;
  const { code, failure } = await closed(new WebSocket(server.url, { maxMessageSize: limit }));
  assert.deepEqual([code, failure], [1006, 'message-too-big']);
  const grown = process.memoryUsage().external - before;
  assert.ok(grown < 4 * limit, `${grown} bytes`);
  await server.close();
});

test('highWaterMark bounds the memory for many small bombs in one chunk', async () => {
  const size = 1024 * 1024;
  const server = await startSending(Buffer.concat(Array(200).fill(bomb(size))), DEFLATE);
  const socket = new WebSocket(server.url, { closeTimeout: 100 });
  socket.binaryType = 'arraybuffer';
  const before = process.memoryUsage().external;
  let most = 0;
  for (let i = 0; i < 200; i += 1) {
    assert.equal((await next(socket, 'message')).data.byteLength, size);
    most = Math.max(most, process.memoryUsage().external - process.memoryUsage().arrayBuffers - before);
  }
  // The memory of the core, which the messages themselves have left as array buffers.
  assert.ok(most < 32 * size, `${most} bytes`);
  await shut(socket);
  await server.close();
});

test('a message with more than maxFragments fragments fails the connection', async () => {
  const fragments = Buffer.concat([frame(0x01, 'a'), ...Array.from({ length: 10 }, () => frame(0x00, ''))]);
  const server = await startSending(fragments);
  assert.equal((await closed(new WebSocket(server.url, { maxFragments: 10 }))).failure, 'too-many-fragments');
  const lenient = await open(server.url, { maxFragments: 11 });
  lenient.close();
  await server.close();
  await next(lenient, 'close');
});

test('a response larger than maxHeaderSize fails the connection', async () => {
  const server = await startAccepting(() => {}, `X: ${'x'.repeat(2000)}`);
  const { failure, ...rest } = await story(server.url, { maxHeaderSize: 1000 });
  assert.deepEqual(rest, FAILED);
  assert.equal(failure.code, 'handshake-too-large');
  const socket = await open(server.url, { maxHeaderSize: 3000 });
  await server.close();
  await next(socket, 'close');
});

test('maxQueuedPongs: only the last of a flood of pings are answered', async () => {
  const pongs = [];
  const server = await startRaw((socket, request) => {
    const pings = Array.from({ length: 200 }, (_, i) => frame(0x89, [i]));
    socket.write(Buffer.concat([Buffer.from(acceptance(request)), ...pings, frame(0x81, 'end')]));
    socket.on('data', (/** @type {Buffer} */ chunk) => {
      for (let at = 0; at < chunk.length; at += 7) pongs.push(chunk.readUInt8(at + 6) ^ chunk.readUInt8(at + 2));
    });
  });
  const socket = new WebSocket(server.url, { maxQueuedPongs: 5 });
  await next(socket, 'message');
  await until(() => pongs.length > 0);
  assert.deepEqual(pongs, [195, 196, 197, 198, 199]);
  await server.close();
  await next(socket, 'close');
});

test('handshakeTimeout bounds a handshake that never completes', async () => {
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
  assert.equal((await story(silent.url, { handshakeTimeout: 200 })).failure.code, 'handshake-timeout');
  await server.close();
  await silent.close();
});

test('closeTimeout bounds the wait for a server that sends frames without end after our Close frame', async () => {
  const server = await startAccepting((socket) => {
    const timer = setInterval(() => socket.write(frame(0x8a, 'x')), 20);
    socket.on('close', () => clearInterval(timer));
  });
  const socket = await open(server.url, { closeTimeout: 200 });
  socket.close(1000);
  const { code, wasClean } = await closed(socket);
  assert.deepEqual([code, wasClean], [1006, false]);
  await server.close();
});

test('a limit below 1 is a TypeError that names it', () => {
  for (const name of ['maxFragments', 'maxHeaderSize', 'maxMessageSize', 'maxQueuedPongs', 'highWaterMark']) {
    for (const value of [0, -1, 'x']) {
      assert.throws(() => new WebSocket('ws://127.0.0.1:9/', { [name]: value }), {
        name: 'TypeError',
        message: new RegExp(`'${name}'`),
      });
    }
  }
});
