// Counters of a connection, and the parameters of its compression, against what npm `ws` and its TCP socket have counted.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { startEcho } from '../../scripts/servers.js';
import { next, open, shut, until } from './support/sockets.js';

const none = { messages: 0, frames: 0, bytes: 0, payloadBytes: 0, compressionRatio: 1 };

/** An echo server, a socket that is connected to it, and how many bytes of frames its end has read and written. */
async function connected(serverOptions, options) {
  const server = await startEcho(serverOptions);
  const accepted = once(server.sockets, 'connection');
  const socket = await open(server.url, options);
  const [peer, { socket: tcp }] = await accepted;
  // Now it has only the opening handshake.
  const { bytesRead, bytesWritten } = tcp;
  return { server, socket, peer, carried: () => [tcp.bytesRead - bytesRead, tcp.bytesWritten - bytesWritten] };
}

const json = JSON.stringify(Array.from({ length: 200 }, (_, i) => ({ id: i, name: `item ${i}`, ok: i % 2 > 0 })));
const MESSAGES = ['', 'short', json, 'ü€🙂', randomBytes(100), new Uint8Array(70_000), json, randomBytes(3_000_000)];
const BLOB = new Blob([json, json]);
const BYTES = [...MESSAGES, json + json].reduce((sum, data) => sum + Buffer.from(data).length, 0);

for (const perMessageDeflate of [false, { threshold: 0 }]) {
  test(`the counters are the server's, with perMessageDeflate ${JSON.stringify(perMessageDeflate)}`, async () => {
    const { server, socket, peer, carried } = await connected({ perMessageDeflate }, {});
    const connection = connectionOf(socket);
    assert.deepEqual(connection.statistics, { sent: none, received: none, roundTripTime: undefined });
    for (const data of [...MESSAGES, BLOB]) socket.send(data);
    for (let i = 0; i <= MESSAGES.length; i += 1) await next(socket, 'message');
    const count = MESSAGES.length + 1;
    let { sent, received } = connection.statistics;
    assert.deepEqual([sent.messages, sent.payloadBytes], [count, BYTES]);
    assert.deepEqual([received.messages, received.payloadBytes], [count, BYTES]);
    assert.deepEqual([sent.bytes, received.bytes], carried());
    assert.equal(received.frames, count, 'ws sends each message in a frame');
    assert.ok(sent.frames > count, 'the largest were sent in parts');
    if (perMessageDeflate) {
      for (const { compressionRatio, payloadBytes, bytes } of [sent, received]) {
        // The headers have at most 14 bytes.
        assert.ok(compressionRatio > payloadBytes / bytes && compressionRatio < payloadBytes / (bytes - 50 * 14));
      }
      assert.ok(sent.compressionRatio > 1);
    } else {
      assert.deepEqual([sent.compressionRatio, received.compressionRatio], [1, 1]);
    }

    // Control frames: they are frames, and no messages.
    const milliseconds = await connection.ping();
    assert.equal(connection.statistics.roundTripTime, milliseconds);
    peer.ping('from the server');
    await once(peer, 'pong');
    const before = { sent, received };
    ({ sent, received } = connection.statistics);
    assert.deepEqual([sent.messages, sent.frames], [count, before.sent.frames + 2]);
    assert.deepEqual([received.messages, received.frames], [count, count + 2]);
    assert.deepEqual([sent.bytes, received.bytes], carried());

    // The last values stay.
    await shut(socket);
    const last = connection.statistics;
    assert.deepEqual([last.sent.frames, last.received.frames], [sent.frames + 1, received.frames + 1]);
    assert.deepEqual([last.sent.bytes, last.received.bytes], carried());
    assert.deepEqual(connection.statistics, last);
    await server.close();
  });
}

test('the counters of a closed socket are there, although nobody asked before', async () => {
  const server = await startEcho({ perMessageDeflate: true });
  const socket = await open(server.url);
  socket.send('one');
  await next(socket, 'message');
  await shut(socket);
  const { statistics, compression } = connectionOf(socket);
  assert.deepEqual([statistics.sent.messages, statistics.received.messages, statistics.sent.frames], [1, 1, 2]);
  assert.equal(compression.serverMaxWindowBits, 15);
  await server.close();
});

test('a large binary message that the core never sees is counted as any other', async () => {
  const { server, socket, carried } = await connected({}, { perMessageDeflate: false });
  const bytes = randomBytes(20_000_000);
  socket.send(bytes);
  const { data } = await next(socket, 'message');
  assert.ok(bytes.equals(Buffer.from(data)));
  const { messages, frames, bytes: wire, payloadBytes } = connectionOf(socket).statistics.received;
  assert.deepEqual([messages, frames, payloadBytes, wire], [1, 1, bytes.length, carried()[1]]);
  await shut(socket);
  await server.close();
});

test('the parameters of compression', async () => {
  const plain = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
  const cases = [
    [true, true, plain],
    [{ clientMaxWindowBits: 9 }, { serverMaxWindowBits: 12 }, { clientMaxWindowBits: 9, serverMaxWindowBits: 12 }],
    [
      true,
      { serverNoContextTakeover: true, clientMaxWindowBits: 10 },
      { serverNoContextTakeover: true, clientMaxWindowBits: 10 },
    ],
    [{ clientNoContextTakeover: true }, true, { clientNoContextTakeover: true }],
    [false, true, undefined],
    [true, false, undefined],
  ];
  for (const [onServer, perMessageDeflate, expected] of cases) {
    const server = await startEcho({ perMessageDeflate: /** @type {any} */ (onServer) });
    const socket = new WebSocket(server.url, { perMessageDeflate: /** @type {any} */ (perMessageDeflate) });
    const connection = connectionOf(socket);
    assert.equal(connection.compression, undefined, 'not before it is open');
    await next(socket, 'open');
    const due = expected && { ...plain, .../** @type {object} */ (expected) };
    assert.deepEqual(connection.compression, due);
    await shut(socket);
    assert.deepEqual(connection.compression, due);
    await server.close();
  }
});

test('before a connection is open, and if it never is, everything is zero', async () => {
  const socket = new WebSocket('ws://127.0.0.1:1/');
  const empty = { sent: none, received: none, roundTripTime: undefined };
  assert.deepEqual(connectionOf(socket).statistics, empty);
  await next(socket, 'close');
  assert.deepEqual(connectionOf(socket).statistics, empty);
});

test('what was framed and discarded has no bytes', async () => {
  const { server, socket } = await connected({}, {});
  socket.send('x');
  connectionOf(socket).terminate();
  await next(socket, 'close');
  await until(() => server.sockets.clients.size === 0);
  assert.equal(connectionOf(socket).statistics.sent.bytes, 0);
  await server.close();
});
