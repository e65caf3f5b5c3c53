// The link of tls(): what it delivers, what it flushes, and the ends of both sides.
import assert from 'node:assert/strict';
import { on, once } from 'node:events';
import net from 'node:net';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { connectionOf } from 'websocket-wasm';
import { acceptance } from '../support/servers/raw.js';
import { next, open, shut, until } from './support/sockets.js';
import { ca, connect, linkOver, recorded, send, serveNext, target } from './support/tls.js';

/** The memory of the module, once a connection is made. @type {WebAssembly.Memory | undefined} */
let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(module, imports) {
    super(module, imports);
    if ('set_roots' in this.exports) ({ memory } = /** @type {any} */ (this.exports));
  }
};

/** Resolves once the chunk is flushed. */
const written = (link, chunk) => new Promise((resolve) => link.write(chunk, resolve));

/** Lets everything that is under way on loopback arrive. */
async function settle() {
  for (let i = 0; i < 50; i += 1) await turn();
}

test('close_notify is the end, and what was sent before it is delivered', async () => {
  const { link, seen, ended, open, peer } = await connect();
  open();
  send(peer, 'the last words', () => peer.end());
  assert.equal(await ended, 'end');
  assert.equal(seen.text(), 'the last words');
  link.end();
});

test('a byte stream is carried, too', async () => {
  const transport = ({ hostname, port }) => Duplex.toWeb(net.connect(port, hostname));
  const { link, seen, ended, open, peer } = await connect(transport);
  open();
  await written(link, Buffer.from('hello'));
  assert.equal(`${await once(peer, 'data')}`, 'hello');
  send(peer, 'the last words', () => peer.end());
  assert.equal(await ended, 'end');
  assert.equal(seen.text(), 'the last words');
  link.end();
});

test('the end without close_notify is a failure, after what was sent before it', async () => {
  const { link, seen, ended, open, peer } = await connect();
  open();
  send(peer, 'the last words', () => peer.destroy());
  assert.equal(await ended, 'tls-truncated');
  assert.equal(seen.text(), 'the last words');
  link.destroy();
});

test('after the close_notify of the server the client can still write, and ends with its own', async () => {
  const { transport, calls } = recorded();
  const { link, ended, open, peer } = await connect(transport);
  peer.allowHalfOpen = true;
  open();
  peer.end();
  assert.equal(await ended, 'end');
  await written(link, Buffer.from('an answer'));
  link.end();
  const received = [];
  for await (const [chunk] of on(peer, 'data', { close: ['end'] })) received.push(chunk);
  assert.equal(Buffer.concat(received).toString(), 'an answer');
  await until(() => calls.at(-1) === 'destroy');
});

test('the end of the inner link after close_notify does not end the other direction', async () => {
  let sink;
  const { transport, calls } = recorded((inner) => ({
    open: (to) => {
      sink = to;
      inner.open(to);
    },
  }));
  const { link, ended, open, peer } = await connect(transport);
  open();
  peer.end();
  assert.equal(await ended, 'end');
  sink.end();
  link.write(Buffer.from('an answer'), () => {});
  assert.equal(calls.at(-1), 'write');
  link.end();
  assert.ok(calls.includes('end'));
});

test('end() sends close_notify, once, and the inner link is dropped after that of the server', async () => {
  const chunks = [];
  const { transport, count } = recorded((inner) => ({
    write: (chunk, flushed) => {
      chunks.push(chunk);
      inner.write(chunk, flushed);
    },
  }));
  const { link, ended, open, peer } = await connect(transport);
  open();
  await written(link, Buffer.from('bye'));
  chunks.length = 0;
  link.end();
  link.end();
  // One record of an alert: two bytes, their type and a tag (RFC 8446 5.2). Node doesn't report close_notify.
  assert.deepEqual(
    chunks.map((chunk) => [...chunk.subarray(0, 5), chunk.length]),
    [[23, 3, 3, 0, 19, 24]],
  );
  peer.resume();
  assert.equal(await ended, 'end');
  await until(() => count('destroy') === 1);
  assert.equal(count('end'), 1);
});

test('what arrives before the link is opened is kept, and so is the end', async () => {
  serveNext((peer) => send(peer, 'at once', () => peer.end()));
  const { transport, calls } = recorded(() => ({ pause() {}, resume() {} }));
  const link = await linkOver(transport);
  assert.equal(calls.at(-1), 'pause');
  await settle();
  const seen = [];
  const end = await new Promise((resolve) => {
    link.open({ data: (chunk) => seen.push(`${Buffer.from(chunk)}`), end: () => resolve('end'), fail: resolve });
  });
  assert.deepEqual([seen, end], [['at once'], 'end']);
  link.end();
});

test('nothing is delivered while the link is paused, and the inner link is paused', async () => {
  const { transport, calls } = recorded();
  const { link, seen, ended, open, peer } = await connect(transport);
  open();
  peer.write('one');
  await until(() => seen.text() === 'one');
  link.pause();
  assert.equal(calls.at(-1), 'pause');
  send(peer, 'two', () => peer.end());
  await settle();
  assert.deepEqual([seen.text(), seen.end], ['one', undefined]);
  link.resume();
  assert.equal(await ended, 'end');
  assert.equal(seen.text(), 'onetwo');
  link.end();
});

test('an inner link that can not be paused delivers nothing more either', async () => {
  const { transport } = recorded(() => ({ pause() {}, resume() {} }));
  const { link, seen, ended, open, peer } = await connect(transport);
  open();
  link.pause();
  send(peer, 'unasked', () => peer.end());
  await once(peer, 'finish');
  await settle();
  assert.deepEqual([seen.text(), seen.end], ['', undefined]);
  link.resume();
  assert.equal(await ended, 'end');
  assert.equal(seen.text(), 'unasked');
  link.end();
});

test('an inner link that throws when it is paused after the handshake fails the connection', async () => {
  const { transport, count } = recorded(() => ({
    pause() {
      throw new Error('it can not pause');
    },
  }));
  const message = "the transport's pause() failed: it can not pause";
  await assert.rejects(linkOver(transport), { code: 'transport-failed', message });
  // By then an exception in the delivery of the server's last message would have been reported.
  await settle();
  await until(() => count('destroy') === 1);
});

test('pausing within a delivery stops the next one', async () => {
  serveNext((peer) => peer.write('one', () => peer.write('two')));
  const { transport, calls } = recorded(() => ({ pause() {}, resume() {} }));
  const link = await linkOver(transport);
  await settle();
  const seen = [];
  const data = (chunk) => {
    seen.push(`${Buffer.from(chunk)}`);
    link.pause();
  };
  link.open({ data, end() {}, fail() {} });
  for (let deliveries = 1; seen.join('') !== 'onetwo'; deliveries += 1) {
    await until(() => seen.length === deliveries);
    await settle();
    assert.equal(seen.length, deliveries);
    assert.equal(calls.at(-1), 'pause');
    link.resume();
  }
  link.destroy();
});

test('large chunks pass in both directions, and each is flushed once', async () => {
  const { link, seen, open, peer } = await connect();
  open();
  peer.pipe(peer);
  const bytes = Uint8Array.from({ length: 5_000_003 }, (_, at) => (at * 31) >> 3);
  const copy = Buffer.from(bytes);
  const flushes = [0, 0, 0, 0, 0];
  const cuts = [0, 1, 65_537, 131_074, bytes.length, bytes.length];
  for (const at of flushes.keys()) {
    link.write(bytes.subarray(cuts[at], cuts[at + 1]), () => {
      flushes[at] += 1;
    });
  }
  // write() has encrypted them.
  bytes.fill(0);
  await until(() => seen.chunks.reduce((sum, { length }) => sum + length, 0) >= copy.length);
  assert.ok(Buffer.concat(seen.chunks).equals(copy));
  await until(() => flushes.every((count) => count > 0));
  await settle();
  assert.deepEqual(flushes, [1, 1, 1, 1, 1]);
  link.destroy();
});

test('a chunk of the inner link is one delivery, however much is in it, and does not stay in the module', async () => {
  const held = [];
  let sink;
  const { transport } = recorded((link) => ({
    open: (to) => {
      sink = to;
      link.open({ ...to, data: (chunk) => (seenOpen ? held.push(chunk) : to.data(chunk)) });
    },
  }));
  let seenOpen = false;
  const { link, seen, open, peer } = await connect(transport);
  open();
  seenOpen = true;
  const length = 4_000_000;
  peer.write(Buffer.alloc(length, 'x'));
  // Ciphertext is longer: the tickets come first, and each record has a header and a tag.
  await until(() => held.reduce((sum, { length }) => sum + length, 0) >= length + Math.ceil(length / 16_384) * 22);
  await settle();
  const before = memory?.buffer.byteLength ?? NaN;
  sink.data(Buffer.concat(held));
  assert.deepEqual(
    seen.chunks.map((chunk) => chunk.length),
    [length],
  );
  // It never shrinks.
  const growth = (memory?.buffer.byteLength ?? NaN) - before;
  assert.ok(growth < length / 4, `${growth} bytes`);
  link.destroy();
});

test('a connection that is cut after the closing handshake was closed cleanly', async () => {
  // Answers the Close frame, and drops the connection without close_notify.
  serveNext((peer) => {
    peer.once('data', (request) => {
      peer.write(acceptance(`${request}`));
      peer.once('data', () => peer.write(Buffer.of(0x88, 0x02, 0x03, 0xe8), () => peer.destroy()));
    });
  });
  const socket = await open(target().url, { tls: { ca } });
  const { code, wasClean } = await shut(socket);
  assert.deepEqual([code, wasClean], [1000, true]);
  assert.equal(connectionOf(socket).failure, undefined);
});

test('a connection that is cut before the closing handshake was not', async () => {
  serveNext((peer) => peer.once('data', (request) => peer.write(acceptance(`${request}`), () => peer.destroy())));
  const socket = await open(target().url, { tls: { ca } });
  const { code, wasClean } = await next(socket, 'close');
  assert.deepEqual([code, wasClean], [1006, false]);
  assert.equal(connectionOf(socket).failure.code, 'tls-truncated');
});
