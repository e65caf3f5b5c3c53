// The arguments of recordOf().
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'websocket-wasm';
import { recordOf } from 'websocket-wasm/har';
import { WebSocketStream } from 'websocket-wasm/stream';
import { sharedEcho } from '../support/servers/echo.js';
import { next, shut } from './support/sockets.js';

const echo = sharedEcho();

test('a limit that is no number of at least 1 is a TypeError that names it', async () => {
  const socket = new WebSocket(echo.url);
  for (const [limits, message] of [
    [{ maxBytes: 0 }, /maxBytes .* not 0\./],
    [{ maxBytes: Number.NaN }, /maxBytes .* not NaN\./],
    [{ maxMessages: -1 }, /maxMessages .* not -1\./],
    [{ maxMessages: '9' }, /maxMessages .* not a value of type string\./],
    [{ maxMessages: null }, /maxMessages .* not null\./],
  ]) {
    assert.throws(() => recordOf(socket, /** @type {any} */ (limits)), { name: 'TypeError', message });
  }
  await next(socket, 'open');
  await shut(socket);
});

test('anything but a WebSocket of this package is a TypeError that names it', async () => {
  const stream = new WebSocketStream(echo.url);
  for (const [other, named] of [
    [stream, 'WebSocketStream'],
    [new EventTarget(), 'EventTarget'],
    [Object.create(WebSocket.prototype), 'WebSocket'],
    [{}, 'Object'],
    [echo.url, 'String'],
    [null, 'Null'],
    [undefined, 'Undefined'],
  ]) {
    assert.throws(() => recordOf(/** @type {any} */ (other)), {
      name: 'TypeError',
      message: `recordOf() takes a WebSocket of this package, not [object ${named}].`,
    });
  }
  await stream.opened;
  stream.close();
  await stream.closed;
});
