// `messagesOf()`: the messages of a HAR.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messagesOf } from 'websocket-wasm/har';
import { echo, recorded } from './support/har.js';
import { echoed, shut } from './support/sockets.js';

test('messagesOf() reads what was recorded', async () => {
  const { socket, recorder } = await recorded(echo.url);
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i * 7);
  await echoed(socket, 'zwölf');
  await echoed(socket, bytes);
  await shut(socket);
  const har = await recorder.toHar();
  const messages = messagesOf(JSON.stringify(har));
  assert.deepEqual(messages, messagesOf(har));
  assert.deepEqual(
    messages.map(({ sent, data }) => [sent, data]),
    [
      [true, 'zwölf'],
      [false, 'zwölf'],
      [true, bytes],
      [false, bytes],
    ],
  );
  for (const [i, { url, connection, time }] of messages.entries()) {
    assert.deepEqual([url, connection], [echo.url, 0]);
    assert.equal(time, har.log.entries[0]._webSocketMessages[i].time * 1000);
  }
});

test("messagesOf() reads a browser's export: other requests, errors and control frames are skipped", () => {
  const webSocket = (url, ...messages) => ({
    _resourceType: 'websocket',
    request: { url },
    _webSocketMessages: messages.map(([type, opcode, data]) => ({ type, time: 1.5, opcode, data })),
  });
  const har = {
    log: {
      entries: [
        { request: { url: 'https://page.example/' }, response: {} },
        webSocket(
          'wss://one.example/',
          ['send', 1, 'hi'],
          ['receive', 9, ''],
          ['error', -1, 'lost'],
          ['receive', 2, 'AQI='],
        ),
        webSocket('wss://none.example/'),
        webSocket('wss://two.example/', ['receive', 1, 'there']),
      ],
    },
  };
  assert.deepEqual(messagesOf(har), [
    { url: 'wss://one.example/', connection: 0, sent: true, time: 1500, data: 'hi' },
    { url: 'wss://one.example/', connection: 0, sent: false, time: 1500, data: new Uint8Array([1, 2]) },
    { url: 'wss://two.example/', connection: 2, sent: false, time: 1500, data: 'there' },
  ]);
});

test('messagesOf() rejects what is no HAR, and messages without valid data', () => {
  assert.throws(() => messagesOf('not JSON'), SyntaxError);
  for (const value of ['null', '{}', '[]', '1', { log: {} }, { log: { entries: {} } }, null]) {
    assert.throws(() => messagesOf(/** @type {any} */ (value)), { name: 'TypeError', message: /log\.entries/ });
  }
  for (const [message, expected] of [
    [{ type: 'send', opcode: 1, data: 'x' }, /no time/],
    [{ type: 'send', opcode: 1, time: 1 }, /no data/],
    [{ type: 'receive', opcode: 2, time: 1, data: 'ö' }, /base64/],
  ]) {
    const har = { log: { entries: [{ _webSocketMessages: [message] }] } };
    assert.throws(() => messagesOf(har), { name: 'TypeError', message: expected });
  }
  assert.deepEqual(messagesOf({ log: { entries: [null, { _webSocketMessages: [null, 1] }] } }), []);
});
