// `connectionOf()` of a WebSocket that was constructed before the wasm was loaded, by `websocket-wasm/web`.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { test } from 'node:test';
import { startEcho } from '../../scripts/servers.js';
import { next, pause, shut } from '../support/events.js';

const entry = new URL('node_modules/websocket-wasm/dist/web.js', import.meta.url);
const { fetch: platformFetch } = globalThis;

/** Imports a module of the entry of its own, whose wasm arrives when `load()` is called. */
async function importPending() {
  let load = () => {};
  /** @type {Promise<void>} */
  const loaded = new Promise((resolve) => {
    load = () => resolve();
  });
  globalThis.fetch = /** @type {any} */ (
    async (url) => {
      await loaded;
      const type = { 'content-type': 'application/wasm' };
      return new Response(await readFile(new URL(url)), { headers: type });
    }
  );
  const module = await import(entry.href);
  return { ...module, load };
}

/** The option `targetAddressSpace` of the sockets over {@link plain}. */
const spaces = [];

/** A transport by net's sockets. */
function plain({ hostname, port, targetAddressSpace }) {
  spaces.push(targetAddressSpace);
  const tcp = net.connect(port, hostname);
  return {
    open: (sink) => {
      tcp.on('data', (chunk) => sink.data(new Uint8Array(/** @type {Buffer} */ (chunk))));
      tcp.on('end', () => sink.end());
      tcp.on('error', (error) => sink.fail(error));
    },
    write: (chunk, flushed) => void tcp.write(chunk, () => flushed()),
    pause: () => void tcp.pause(),
    resume: () => void tcp.resume(),
    end: () => void tcp.end(),
    destroy: () => void tcp.destroy(),
  };
}

test('before the wasm is loaded, and after that', async () => {
  const server = await startEcho({ perMessageDeflate: true });
  server.sockets.on('connection', (peer) => peer.ping('from the server'));
  const { WebSocket, connectionOf, native, load } = await importPending();
  const connect = () => new WebSocket(server.url, { transport: plain, targetAddressSpace: 'local' });

  // Terminated before: as close() aborts.
  const ended = connect();
  const events = [];
  for (const type of ['open', 'error', 'close']) ended.addEventListener(type, () => events.push(type));
  connectionOf(ended).terminate();
  connectionOf(ended).terminate();
  assert.equal(ended.readyState, 2);
  connectionOf(ended).send('only counted', { compress: false });
  assert.equal(ended.bufferedAmount, 12);
  assert.equal((await next(ended, 'close')).code, 1006);
  assert.deepEqual(events, ['error', 'close']);
  assert.equal(connectionOf(ended).failure.code, 'terminated');
  assert.equal(connectionOf(ended).failure.message, 'the connection was terminated');
  assert.equal(connectionOf(ended).statistics.sent.bytes, 0);

  // What the connection doesn't have yet, and listeners for what it will have.
  const socket = connect();
  const connection = connectionOf(socket);
  assert.equal(connection.transport, 'plain');
  assert.equal(connection.compression, undefined);
  assert.deepEqual([connection.statistics.received.frames, connection.statistics.roundTripTime], [0, undefined]);
  await assert.rejects(connection.ping(), { name: 'InvalidStateError' });
  await assert.rejects(connection.ping(new ArrayBuffer(126)), TypeError);
  await assert.rejects(connection.ping('text'), TypeError);
  assert.throws(() => connection.send('x'), { name: 'InvalidStateError' });
  assert.throws(() => connection.send('x', { compress: true }), { name: 'InvalidStateError' });
  const seen = [];
  connection.addEventListener('ping', ({ payload }) => seen.push(`ping ${Buffer.from(payload)}`));
  connection.addEventListener('frame', ({ frame: { sent, opcode } }) => seen.push(`${sent ? 'out' : 'in'} ${opcode}`));
  const replaced = [];
  connection.trace((frame) => replaced.push(frame), 9);
  connection.trace(null);
  const late = connect();

  // Over native nothing of it is supported, loaded or not.
  const own = new WebSocket(server.url, { transport: native });
  const unsupported = () => {
    assert.equal(connectionOf(own).transport, 'native');
    assert.equal(connectionOf(own).statistics, undefined);
    assert.throws(() => connectionOf(own).terminate(), { name: 'NotSupportedError' });
    assert.throws(() => connectionOf(own).trace(null), { name: 'NotSupportedError' });
    assert.throws(() => connectionOf(own).addEventListener('ping', () => {}), { name: 'NotSupportedError' });
  };
  unsupported();

  load();
  await next(socket, 'open');
  assert.deepEqual(new Set(spaces), new Set(['local']));
  assert.equal(connection.transport, 'plain');
  assert.equal(connection.compression.serverMaxWindowBits, 15);
  connection.send('long '.repeat(1000), { compress: false });
  assert.equal((await next(socket, 'message')).data.length, 5000);
  assert.ok((await connection.ping(new ArrayBuffer(1))) >= 0);
  assert.deepEqual(seen.sort(), ['in 1', 'in 10', 'in 9', 'out 1', 'out 10', 'out 9', 'ping from the server']);
  assert.deepEqual(replaced, []);
  assert.deepEqual([connection.statistics.sent.messages, connection.statistics.sent.frames], [1, 3]);
  if (late.readyState === 0) await next(late, 'open');
  const closed = next(late, 'close');
  connectionOf(late).terminate();
  assert.equal((await closed).code, 1006);
  await shut(socket);
  await pause();
  await server.close();
  globalThis.fetch = platformFetch;
});
