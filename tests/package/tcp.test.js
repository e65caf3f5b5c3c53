// The link of tcp, used directly: its chunks, and what arrives while nobody reads.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { tcp } from 'websocket-wasm';
import { listen } from '../../scripts/servers.js';
import { pause, until } from './support/sockets.js';

const KiB = 1024;

/** A server that calls `serve` for each connection, closed after the test. */
async function server(t, serve) {
  const running = await listen(
    net.createServer((socket) => {
      socket.on('error', () => {});
      socket.setNoDelay(true);
      serve(socket);
    }),
  );
  t.after(() => running.close());
  return running;
}

/** @returns {Promise<import('websocket-wasm').Link>} */
function connect({ port, url }) {
  const { signal } = new AbortController();
  return tcp({ hostname: '127.0.0.1', port, secure: false, url, signal });
}

/** Opens a link and records what it delivers. */
function record(link) {
  const recorded = { chunks: [], length: 0, ends: [] };
  link.open({
    data: (chunk) => {
      recorded.chunks.push(chunk);
      recorded.length += chunk.length;
    },
    end: () => recorded.ends.push('end'),
    fail: (error) => recorded.ends.push(error),
  });
  return recorded;
}

/** Bytes of a stream that repeat only after 251 of them. */
const pattern = (seed, length) => Buffer.from(Uint8Array.from({ length }, (_, i) => (i + seed) % 251));

test('chunks stay as they are while other sockets read, whatever their sizes', async (t) => {
  const SIZES = [1, 100, 5 * KiB, 64 * KiB, 64 * KiB, 200 * KiB, 3 * KiB, 1024 * KiB, 64 * KiB, 10];
  let connections = 0;
  const running = await server(t, async (socket) => {
    connections += 1;
    const bytes = pattern(
      connections,
      SIZES.reduce((sum, size) => sum + size),
    );
    socket.write(Buffer.of(connections));
    let at = 0;
    for (const size of SIZES) {
      if (!socket.write(bytes.subarray(at, at + size))) await new Promise((resolve) => socket.once('drain', resolve));
      at += size;
      await turn();
    }
    socket.end();
  });
  const links = await Promise.all(Array.from({ length: 5 }, () => connect(running)));
  const all = links.map(record);
  await until(() => all.every(({ ends }) => ends.length > 0));
  for (const { chunks, ends } of all) {
    assert.deepEqual(ends, ['end']);
    const [seed, ...bytes] = Buffer.concat(chunks);
    assert.ok(Buffer.from(bytes).equals(pattern(seed, bytes.length)));
    assert.equal(
      bytes.length,
      SIZES.reduce((sum, size) => sum + size),
    );
    for (const chunk of chunks) assert.equal(Object.getPrototypeOf(chunk), Uint8Array.prototype);
  }
  for (const link of links) link.destroy();
});

test('what arrives before the link is open is delivered when it is, and then the end', async (t) => {
  const running = await server(t, (socket) => socket.end('early'));
  const link = await connect(running);
  await pause();
  const { chunks, ends } = record(link);
  await until(() => ends.length > 0);
  assert.equal(`${Buffer.concat(chunks)}`, 'early');
  assert.deepEqual(ends, ['end']);
  link.destroy();
});

test('a failure before the link is open is reported when it is', async (t) => {
  const running = await server(t, (socket) => setTimeout(() => socket.resetAndDestroy(), 10));
  const link = await connect(running);
  await pause();
  const { ends } = record(link);
  await until(() => ends.length > 0);
  assert.equal(ends[0].code, 'transport-failed');
});

test('a paused link delivers nothing, and everything once it is resumed', async (t) => {
  const running = await server(t, (socket) => socket.end(pattern(0, 2048 * KiB)));
  const link = await connect(running);
  let paused = false;
  let late = 0;
  let length = 0;
  let pauses = 0;
  let end;
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  link.open({
    data: (chunk) => {
      if (paused) late += 1;
      length += chunk.length;
      paused = true;
      pauses += 1;
      link.pause();
      setTimeout(() => {
        paused = false;
        link.resume();
      }, 2);
    },
    end,
    fail: end,
  });
  assert.equal(await ended, undefined);
  assert.equal(late, 0);
  assert.ok(pauses > 1);
  assert.equal(length, 2048 * KiB);
  link.destroy();
});

test('a link that is destroyed delivers nothing more', async (t) => {
  const running = await server(t, (socket) => socket.write('first'));
  const link = await connect(running);
  const recorded = record(link);
  await until(() => recorded.length > 0);
  link.destroy();
  await pause();
  assert.deepEqual(recorded.ends, []);
});
