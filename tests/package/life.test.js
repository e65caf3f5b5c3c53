// A socket's memory, and Blobs that can't be read.
import assert from 'node:assert/strict';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectionOf } from 'websocket-wasm';
import { startEcho } from '../../scripts/servers.js';
import { header } from '../support/servers/frame.js';
import { startAccepting } from '../support/servers/raw.js';
import { next, open, shut } from './support/sockets.js';

test('the memory of closed sockets is reused, even if they are still referenced', async () => {
  const size = 1024 * 1024;
  // An incomplete message: the core keeps it until the socket closes.
  const server = await startAccepting((socket) => {
    socket.write(Buffer.concat([header(0x82, 2 * size), Buffer.alloc(size)]), () => {
      setTimeout(() => socket.end(), 5);
    });
  });
  // The core's memory counts as external.
  const held = [];
  const round = async () => {
    const socket = await open(server.url);
    held.push(socket);
    await next(socket, 'close');
  };
  for (let i = 0; i < 10; i += 1) await round();
  const before = process.memoryUsage().external;
  for (let i = 0; i < 200; i += 1) await round();
  const grown = process.memoryUsage().external - before;
  assert.ok(grown < 50 * size, `200 closed sockets hold ${grown} bytes`);
  assert.equal(held.length, 210);
  await server.close();
});

test('a large buffer is not copied twice while it is sent', async () => {
  const echo = await startEcho();
  const socket = await open(echo.url);
  const size = 64 * 1024 * 1024;
  const large = new Uint8Array(size);
  const before = process.memoryUsage().external;
  socket.send(large);
  await new Promise(setImmediate);
  const grown = process.memoryUsage().external - before;
  assert.ok(grown < 1.5 * size, `a message of ${size} bytes takes ${grown}`);
  assert.equal((await next(socket, 'message')).data.byteLength, size);
  await shut(socket);
  await echo.close();
});

test("a Blob that can't be read fails the connection", async () => {
  const echo = await startEcho();
  const folder = await mkdtemp(join(tmpdir(), 'websocket-wasm-'));
  try {
    const file = join(folder, 'file');
    await writeFile(file, 'gone soon');
    const blob = await openAsBlob(file);
    await rm(file);
    const socket = await open(echo.url);
    const events = [];
    socket.onerror = ({ type }) => events.push(type);
    socket.send('before');
    socket.send(blob);
    socket.send('after');
    assert.equal(socket.bufferedAmount, 'before'.length + blob.size + 'after'.length);
    const { code } = await next(socket, 'close');
    assert.deepEqual([events, code], [['error'], 1006]);
    assert.equal(connectionOf(socket).failure.code, 'unreadable-blob');
  } finally {
    await rm(folder, { recursive: true });
    await echo.close();
  }
});
