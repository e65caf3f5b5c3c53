// permessage-deflate (RFC 7692) with npm `ws`, whose codec is the C zlib.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { WebSocketServer } from 'ws';
import { acceptance, startRaw } from '../support/servers/raw.js';
import { FAILED, next, open, shut, story } from './support/sockets.js';

/** A server that echoes, with those options for its extension; it tells the offer that it got. */
async function startEcho(perMessageDeflate) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate });
  const offers = [];
  server.on('connection', (socket, request) => {
    offers.push(request.headers['sec-websocket-extensions']);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const close = () => new Promise((resolve) => server.close(resolve));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `ws://127.0.0.1:${port}/`, offers, close };
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

/** Sends every message and expects it back; in one task, so that many are under way at once. */
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
    const server = await startEcho(settings);
    const socket = await open(server.url, { perMessageDeflate: options ?? true });
    assert.equal(socket.extensions, extensions);
    assert.deepEqual(server.offers, [offer ?? 'permessage-deflate; client_max_window_bits']);
    await echoes(socket);
    socket.onclose = null;
    socket.close(1000);
    assert.deepEqual([(await next(socket, 'close')).code, socket.extensions], [1000, extensions]);
    await server.close();
  });
}

test('nothing is offered with false, and a server may decline', async () => {
  const server = await startEcho(true);
  const silent = await open(server.url, { perMessageDeflate: false });
  assert.deepEqual([silent.extensions, server.offers], ['', [undefined]]);
  await echoes(silent);
  silent.onclose = null;
  await shut(silent);
  await server.close();

  const plain = await startEcho(false);
  const declined = await open(plain.url);
  assert.equal(declined.extensions, '');
  await echoes(declined);
  declined.onclose = null;
  await shut(declined);
  await plain.close();
});

test('what is long enough goes compressed, what is not or does not shrink goes plain', async () => {
  const server = await startEcho({ threshold: 0 });
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

/** What DEFLATE makes half as long: four bits of chance in each byte. */
const halved = (size) => randomBytes(size).map((byte) => byte & 15);

test('messages around 32 KiB, the most that the codec takes and makes at a time', async () => {
  const server = await startEcho({ threshold: 0 });
  const around = (size) => [-300, -5, -4, -1, 0, 1, 4, 5, 300].map((more) => size + more);
  const sizes = [1, 2, 3].flatMap((pieces) => around(pieces * 32_768));
  // Random bytes don't shrink, so they leave plain; the server compresses them all the same, to a little more.
  const messages = sizes.flatMap((size) => [halved(size), randomBytes(size), Buffer.alloc(size, 'repeated')]);
  for (const level of [0, 1, 6, 9]) {
    const socket = await open(server.url, { perMessageDeflate: { level } });
    await echoes(socket, messages);
    socket.onclose = null;
    await shut(socket);
  }
  await server.close();
});

test('what is larger than a part is compressed part by part, and Blobs', async () => {
  const server = await startEcho({ threshold: 0 });
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

test('bufferedAmount counts what was sent, not what it was compressed to', async () => {
  const server = await startEcho(true);
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
  test(`an answer of '${answer}' fails the connection`, async () => {
    const server = await startRaw((socket, request) => {
      socket.write(acceptance(request, `Sec-WebSocket-Extensions: ${answer}`));
    });
    const { failure, ...rest } = await story(server.url);
    assert.deepEqual(rest, FAILED);
    assert.ok(failure.message.includes(answer), failure.message);
    await server.close();
  });
}

test('options out of range are TypeErrors that name them', () => {
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
