// The messages of a connection recorded as HAR, and how many are kept.
import assert from 'node:assert/strict';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { WebSocket, wisp } from 'websocket-wasm';
import { recordOf } from 'websocket-wasm/har';
import { startRelay } from '../../scripts/servers.js';
import { against } from '../support/servers/raw.js';
import { base64, brief, echo, recorded } from './support/har.js';
import { echoed, next, shut, until } from './support/sockets.js';

for (const name of ['tcp', 'wisp']) {
  test(`over ${name}, messages of every kind are recorded in order, as the program sent and received them`, async () => {
    const relay = name === 'wisp' ? await startRelay({ targets: [echo.port] }) : undefined;
    try {
      const transport = relay && wisp(relay.url, { WebSocket });
      const { socket, recorder } = await recorded(echo.url, transport && { transport });
      const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i);
      const text = 'zwölf '.repeat(1000);
      const long = 'long '.repeat(300_000);
      const expected = [];
      for (const [data, opcode, content] of [
        [text, 1, text],
        ['', 1, ''],
        ['a lone \uD800', 1, 'a lone \uFFFD'],
        [bytes.subarray(1, 4), 2, base64([1, 2, 3])],
        [bytes.buffer, 2, base64(bytes)],
        [new Blob(['in a ', 'Blob']), 2, base64(Buffer.from('in a Blob'))],
        [long, 1, long],
        [new Uint8Array(), 2, ''],
      ]) {
        await echoed(socket, data);
        expected.push(['send', opcode, content], ['receive', opcode, content]);
      }
      await shut(socket);
      assert.deepEqual(brief(await recorder.entry()), expected);
    } finally {
      await relay?.close();
    }
  });
}

test('what the program does to its bytes later, and to those that it received, changes nothing', async () => {
  const { socket, recorder } = await recorded(echo.url);
  const sent = new Uint8Array([1, 2, 3]);
  const message = next(socket, 'message');
  socket.send(sent);
  sent.fill(9);
  structuredClone((await message).data, { transfer: [(await message).data] });
  await shut(socket);
  assert.deepEqual(brief(await recorder.entry()), [
    ['send', 2, 'AQID'],
    ['receive', 2, 'AQID'],
  ]);
});

test('a message in fragments is recorded once, with its first opcode; pings are not', async () => {
  const frames = [0x01, 2, 'ab', 0x89, 1, '!', 0x00, 2, 'cd', 0x80, 1, 'e', 0x88, 0, ''];
  const write = (socket) =>
    socket.write(Buffer.concat(frames.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part)))));
  await against(write, async (url) => {
    const socket = new WebSocket(url);
    const recorder = recordOf(socket);
    await next(socket, 'close');
    assert.deepEqual(brief(await recorder.entry()), [['receive', 1, 'abcde']]);
  });
});

test('only what send() accepted is recorded', async () => {
  const socket = new WebSocket(echo.url);
  const recorder = recordOf(socket);
  assert.throws(() => socket.send('too early'), { name: 'InvalidStateError' });
  await next(socket, 'open');
  assert.throws(() => socket.send(/** @type {any} */ (Symbol())), TypeError);
  socket.send('in time');
  const close = next(socket, 'close');
  socket.close();
  socket.send('too late');
  await close;
  socket.send('later still');
  assert.deepEqual(brief(await recorder.entry()), [['send', 1, 'in time']]);
});

test('a file that has changed since it was sent is in the record without its data, and the record says why', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'har-'));
  try {
    const file = join(folder, 'file');
    await writeFile(file, 'first');
    const { socket, recorder } = await recorded(echo.url);
    await echoed(socket, await openAsBlob(file));
    await writeFile(file, 'second, and longer');
    const [sent, received] = (await recorder.entry())._webSocketMessages;
    assert.deepEqual([sent.data, sent._comment], ['', 'The Blob could no longer be read.']);
    assert.equal(received.data, base64(Buffer.from('first')));
    await shut(socket);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the oldest messages are dropped at either limit, and counted', async () => {
  for (const [limits, kept] of [
    [{ maxMessages: 3 }, ['7', '8', '8']],
    [{ maxBytes: 5 }, ['6', '7', '7', '8', '8']],
  ]) {
    const { socket, recorder } = await recorded(echo.url, {}, limits);
    for (let i = 1; i <= 8; i += 1) await echoed(socket, `${i}`);
    const entry = await recorder.entry();
    assert.deepEqual(
      brief(entry).map(([, , data]) => data),
      kept,
    );
    const dropped = 16 - kept.length;
    assert.deepEqual([entry._droppedMessages, entry._droppedBytes], [dropped, dropped]);
    assert.match(entry.comment, new RegExp(`^Messages dropped .*: ${dropped}, with ${dropped} bytes\\.$`));
    await shut(socket);
  }
});

test('a message that is larger than the limit is dropped alone; sizes are in bytes', async () => {
  const { socket, recorder } = await recorded(echo.url, {}, { maxBytes: 10 });
  for (const data of ['abc', 'öööööö', new Uint8Array(11), new Blob(['x'.repeat(12)]), 'ö']) await echoed(socket, data);
  await shut(socket);
  const entry = await recorder.entry();
  assert.deepEqual(
    brief(entry).map(([, , data]) => data),
    ['abc', 'abc', 'ö', 'ö'],
  );
  assert.deepEqual([entry._droppedMessages, entry._droppedBytes], [6, 70]);
});

test('a long recording keeps the order', async () => {
  const { socket, recorder } = await recorded(echo.url, {}, { maxMessages: 100 });
  let received = 0;
  socket.onmessage = () => {
    received += 1;
  };
  for (let i = 0; i < 5_000; i += 1) socket.send(`${i}`);
  await until(() => received === 5_000);
  await shut(socket);
  const entry = await recorder.entry();
  const last = Array.from({ length: 100 }, (_, i) => ['receive', 1, `${4_900 + i}`]);
  assert.deepEqual(brief(entry), last);
  assert.equal(entry._droppedMessages, 9_900);
});
