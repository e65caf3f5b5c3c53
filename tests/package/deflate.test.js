// permessage-deflate (RFC 7692) with npm `ws`, whose codec is zlib in C.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { startEcho } from '../../scripts/servers.js';
import { startAccepting } from '../support/servers/raw.js';
import { FAILED, next, open, shut, story } from './support/sockets.js';

/** An echo server with these options for its extension, and the offers that it received. */
async function startRecording(perMessageDeflate) {
  const server = await startEcho({ perMessageDeflate });
  const offers = [];
  server.sockets.on('connection', (_, request) => offers.push(request.headers['sec-websocket-extensions']));
  return { server, offers };
}

const json = (n) =>
  JSON.stringify(Array.from({ length: n }, (_, i) => ({ id: i, name: `item ${i % 7}`, ok: i % 3 === 0 })));
const MESSAGES = [
  '',
  'short',
  json(3),
  json(300),
  json(300),
  'ü€🙂'.repeat(2000),
  new Uint8Array(0),
  new Uint8Array(70_000),
  randomBytes(5000),
  json(300),
  randomBytes(200_000),
  new Uint8Array(
    randomBytes(3000)
      .toString('hex')
      .match(/../g)
      .map((hex) => Number.parseInt(hex, 16) & 3),
  ),
  json(5000),
];

/** Sends every message in one task, and checks that each comes back. */
async function echoes(socket, messages = MESSAGES) {
  const replies = [];
  /** @type {Promise<void>} */
  const done = new Promise((resolve, reject) => {
    socket.onmessage = ({ data }) => {
      replies.push(typeof data === 'string' ? data : Buffer.from(data));
      if (replies.length === messages.length) resolve();
    };
    socket.onclose = ({ code }) => reject(new Error(`closed with ${code}: ${connectionOf(socket).failure}`));
  });
  for (const message of messages) socket.send(message);
  await done;
  for (const [i, message] of messages.entries()) {
    assert.ok(typeof message === 'string' ? replies[i] === message : Buffer.from(message).equals(replies[i]), `${i}`);
  }
}

const CASES = [
  { server: {}, extensions: 'permessage-deflate' },
  { server: { threshold: 0 }, options: { threshold: 0 }, extensions: 'permessage-deflate' },
  { server: { threshold: 0 }, options: { level: 1, threshold: 0 }, extensions: 'permessage-deflate' },
  { server: { threshold: 0 }, options: { level: 9 }, extensions: 'permessage-deflate' },
  { server: { threshold: 0 }, options: { level: 0 }, extensions: 'permessage-deflate' },
  {
    server: { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 0 },
    extensions: 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  },
  {
    server: { threshold: 0 },
    options: { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 0 },
    offer: 'permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits',
    extensions: 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  },
  ...[8, 9, 10, 11, 12, 13, 14, 15].map((bits) => ({
    server: { clientMaxWindowBits: bits, threshold: 0 },
    options: { serverMaxWindowBits: Math.max(bits, 9), threshold: 0 },
    offer: `permessage-deflate; server_max_window_bits=${Math.max(bits, 9)}; client_max_window_bits`,
    extensions: `permessage-deflate; server_max_window_bits=${Math.max(bits, 9)}; client_max_window_bits=${bits}`,
  })),
];

for (const { server: settings, options, offer, extensions } of CASES) {
  test(`${JSON.stringify(options ?? true)} with a server of ${JSON.stringify(settings)}`, async () => {
    const { server, offers } = await startRecording(settings);
    const socket = await open(server.url, { perMessageDeflate: options ?? true });
    assert.equal(socket.extensions, extensions);
    assert.deepEqual(offers, [offer ?? 'permessage-deflate; client_max_window_bits']);
    await echoes(socket);
    socket.onclose = null;
    socket.close(1000);
    assert.deepEqual([(await next(socket, 'close')).code, socket.extensions], [1000, extensions]);
    await server.close();
  });
}

test('perMessageDeflate false offers nothing, and a server may decline the offer', async () => {
  const { server, offers } = await startRecording(true);
  const silent = await open(server.url, { perMessageDeflate: false });
  assert.deepEqual([silent.extensions, offers], ['', [undefined]]);
  await echoes(silent);
  silent.onclose = null;
  await shut(silent);
  await server.close();

  const plain = await startEcho();
  const declined = await open(plain.url);
  assert.equal(declined.extensions, '');
  await echoes(declined);
  declined.onclose = null;
  await shut(declined);
  await plain.close();
});

test('only messages of at least the threshold that shrink are compressed', async () => {
  const server = await startEcho({ perMessageDeflate: { threshold: 0 } });
  const socket = await open(server.url);
  const frames = [];
  connectionOf(socket).trace((frame) => frames.push(frame));
  for (const message of ['x'.repeat(1023), 'x'.repeat(1024), randomBytes(2000), 'x'.repeat(2000)]) socket.send(message);
  for (let i = 0; i < 4; i += 1) await next(socket, 'message');
  const sent = frames.filter((frame) => frame.sent);
  assert.deepEqual(
    sent.map(({ compressed }) => compressed),
    [false, true, false, true],
  );
  assert.ok(sent[1].length < 50 && sent[2].length === 2000);
  assert.deepEqual(
    frames.filter((frame) => !frame.sent).map(({ compressed }) => compressed),
    [true, true, true, true],
  );
  await shut(socket);
  await server.close();
});

/** Bytes that DEFLATE halves: four random bits in each. */
const halved = (size) => randomBytes(size).map((byte) => byte & 15);

test("messages around multiples of 32 KiB, the size of the codec's buffers, come back", async () => {
  const server = await startEcho({ perMessageDeflate: { threshold: 0 } });
  const around = (size) => [-300, -5, -4, -1, 0, 1, 4, 5, 300].map((more) => size + more);
  const sizes = [1, 2, 3].flatMap((pieces) => around(pieces * 32_768));
  // Random bytes don't shrink, so they are sent plain; the server compresses them nevertheless.
  const messages = sizes.flatMap((size) => [halved(size), randomBytes(size), Buffer.alloc(size, 'repeated')]);
  for (const level of [0, 1, 6, 9]) {
    const socket = await open(server.url, { perMessageDeflate: { level } });
    await echoes(socket, messages);
    socket.onclose = null;
    await shut(socket);
  }
  await server.close();
});

test('messages larger than a part, and Blobs, are compressed part by part', async () => {
  const server = await startEcho({ perMessageDeflate: { threshold: 0 } });
  const socket = await open(server.url);
  const text = json(30_000) + 'ü€🙂x'.repeat(300_000);
  const bytes = Buffer.from(json(40_000));
  const noise = randomBytes(2_000_000);
  for (const message of [text, bytes, noise, new Blob([bytes, 'end']), text]) socket.send(message);
  assert.equal((await next(socket, 'message')).data, text);
  assert.ok(bytes.equals(Buffer.from((await next(socket, 'message')).data)));
  assert.ok(noise.equals(Buffer.from((await next(socket, 'message')).data)));
  assert.ok(Buffer.concat([bytes, Buffer.from('end')]).equals(Buffer.from((await next(socket, 'message')).data)));
  assert.equal((await next(socket, 'message')).data, text);
  assert.equal(socket.bufferedAmount, 0);
  await shut(socket);
  await server.close();
});

test('bufferedAmount counts the bytes before compression', async () => {
  const server = await startEcho({ perMessageDeflate: true });
  const socket = await open(server.url);
  socket.send('x'.repeat(10_000));
  socket.send(new Uint8Array(5000));
  assert.equal(socket.bufferedAmount, 15_000);
  for (let i = 0; i < 2; i += 1) await next(socket, 'message');
  assert.equal(socket.bufferedAmount, 0);
  await shut(socket);
  await server.close();
});

for (const answer of [
  'permessage-deflate; server_max_window_bits=16',
  'permessage-deflate; x',
  'permessage-deflate, permessage-deflate',
  'x-webkit-deflate-frame',
]) {
  test(`the response '${answer}' fails the connection`, async () => {
    const server = await startAccepting(() => {}, `Sec-WebSocket-Extensions: ${answer}`);
    const { failure, ...rest } = await story(server.url);
    assert.deepEqual(rest, FAILED);
    assert.ok(failure.message.includes(answer), failure.message);
    await server.close();
  });
}

test('an option out of range is a TypeError that names it', () => {
  for (const [name, value] of [
    ['level', 10],
    ['level', -1],
    ['level', 1.5],
    ['threshold', -1],
    ['threshold', Number.NaN],
    ['serverMaxWindowBits', 7],
    ['clientMaxWindowBits', 16],
    ['clientMaxWindowBits', 'many'],
  ]) {
    const perMessageDeflate = { [name]: value };
    const message = new RegExp(`perMessageDeflate\\.${name}.*${value === 'many' ? 'NaN' : value}`);
    assert.throws(() => new WebSocket('ws://127.0.0.1:9/', { perMessageDeflate }), { name: 'TypeError', message });
  }
});
