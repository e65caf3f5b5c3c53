// `connectionOf(socket).send(data, { compress })`: as the socket's own send(), message by message compressed or not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { startEcho } from '../../scripts/servers.js';
import { next, open, shut } from './support/sockets.js';

const long = 'long '.repeat(1000);
const short = 'short '.repeat(20);

test('a message is compressed or not as the option says, in order with those of send()', async () => {
  const server = await startEcho({ perMessageDeflate: true });
  const socket = await open(server.url);
  const connection = connectionOf(socket);
  const compressed = [];
  connection.trace(
    ({ sent, opcode, compressed: is, length }) =>
      sent && opcode > 0 && opcode < 3 && compressed.push([is, length > 1000]),
  );
  const large = 'large '.repeat(400_000);
  /** @type {[any, any, boolean][]} */
  const sends = [
    [long, undefined, true],
    [long, { compress: false }, false],
    [long, {}, true],
    [long, { compress: undefined }, true],
    [long, null, true],
    [short, undefined, false],
    [short, { compress: true }, true],
    ['x', { compress: true }, false],
    ['', { compress: true }, false],
    [new Uint8Array(5_000), { compress: false }, false],
    [new Uint8Array(100).buffer, { compress: true }, true],
    [new Blob([long]), { compress: false }, false],
    ['after a Blob', { compress: true }, false],
    [long, { compress: false }, false],
    [new Uint8Array(5_000), { compress: false }, false],
    [new Blob([long]), {}, true],
    [short, { compress: true }, true],
    [long, undefined, true],
    [large, { compress: false }, false],
    [new Uint8Array(2_000_000), { compress: false }, false],
    [large, undefined, true],
  ];
  const replies = [];
  const all = new Promise((resolve) => {
    socket.onmessage = ({ data }) => replies.push(data) === 2 * sends.length && resolve(undefined);
  });
  let amount = 0;
  for (const [data, options] of sends) {
    connection.send(data, options);
    socket.send('-');
    amount += (data.size ?? data.byteLength ?? data.length) + 1;
    assert.equal(socket.bufferedAmount, amount);
  }
  await all;
  const expected = sends.flatMap(([, , is]) => [is, false]);
  assert.deepEqual(
    compressed.map(([is]) => is),
    expected,
  );
  for (const [i, [data]] of sends.entries()) {
    const reply = replies[2 * i];
    if (typeof data === 'string') assert.equal(reply, data);
    else
      assert.ok(Buffer.from(reply).equals(Buffer.from(data.size ? await data.arrayBuffer() : (data.buffer ?? data))));
  }
  await shut(socket);
  await server.close();
});

test('its conversions and exceptions are those of send()', async () => {
  const server = await startEcho({ perMessageDeflate: true });
  const connecting = new WebSocket(server.url, { unpairedSurrogates: 'throw' });
  const connection = connectionOf(connecting);
  for (const options of [undefined, { compress: false }]) {
    assert.throws(() => connection.send('x', options), { name: 'InvalidStateError' });
    assert.throws(() => connection.send(/** @type {any} */ (Symbol('x')), options), TypeError);
    assert.throws(() => connection.send(/** @type {any} */ (new SharedArrayBuffer(1)), options), TypeError);
  }
  assert.throws(() => /** @type {any} */ (connection).send(), TypeError);
  await next(connecting, 'open');
  for (const options of [1, 'x', true, { compress: 1 }, { compress: null }, { compress: 'false' }]) {
    assert.throws(() => connection.send('x', /** @type {any} */ (options)), TypeError);
  }
  // Data is converted before the options.
  const order = [];
  const data = { toString: () => order.push('data') && 'x' };
  const options = {
    get compress() {
      order.push('options');
      return true;
    },
  };
  connection.send(/** @type {any} */ (data), options);
  assert.deepEqual(order, ['data', 'options']);
  assert.equal((await next(connecting, 'message')).data, 'x');
  assert.throws(() => connection.send('\uD800', { compress: false }), { name: 'SyntaxError' });
  connection.send(/** @type {any} */ (42), { compress: false });
  assert.equal((await next(connecting, 'message')).data, '42');
  await shut(connecting);
  const before = connecting.bufferedAmount;
  connection.send('four', { compress: false });
  connection.send(new Blob(['four']));
  assert.equal(connecting.bufferedAmount, before + 8);
  await server.close();
});

test('a choice that failed to be sent is not kept for the next message', async () => {
  const server = await startEcho({ perMessageDeflate: true });
  const socket = await open(server.url, { unpairedSurrogates: 'throw' });
  const connection = connectionOf(socket);
  assert.throws(() => connection.send('\uD800', { compress: false }));
  let compressed;
  connection.trace((frame) => {
    if (frame.sent) compressed = frame.compressed;
  });
  socket.send(long);
  await next(socket, 'message');
  assert.equal(compressed, true);
  await shut(socket);
  await server.close();
});

test('without compression the option has no effect', async () => {
  const server = await startEcho();
  const socket = await open(server.url);
  connectionOf(socket).send(long, { compress: true });
  assert.equal((await next(socket, 'message')).data, long);
  assert.equal(connectionOf(socket).statistics.sent.compressionRatio, 1);
  await shut(socket);
  await server.close();
});
