// What `console.log(socket)` shows in Node: the one member of the class beyond the standard's shape.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { WebSocket } from 'websocket-wasm';
import { startEcho } from '../../scripts/servers.js';
import { open, shut } from './support/sockets.js';

const custom = inspect.custom;

test('url, state and protocol, without the password', async () => {
  const server = await startEcho();
  const url = server.url.replace('//', '//user:secret@');
  const socket = await open(`${url}?x=1`, ['chat']);
  const shown = server.url.replace(/\/$/, '/?x=1');
  assert.equal(
    inspect(socket, { breakLength: Number.POSITIVE_INFINITY }),
    `WebSocket { url: '${shown}', state: 'OPEN', protocol: 'chat' }`,
  );
  assert.match(inspect({ deep: { deep: { deep: socket } } }), /\[WebSocket\]/);
  assert.match(inspect([socket], { compact: false }), /state: 'OPEN'/);
  const closed = shut(socket);
  assert.match(inspect(socket), /state: 'CLOSING'/);
  await closed;
  assert.match(inspect(socket), /state: 'CLOSED', protocol: 'chat'/);
  await server.close();
});

test('a derived class has its own name, and shows its own fields', () => {
  class Chat extends WebSocket {
    room = 'lobby';
  }
  const socket = new /** @type {any} */ (Chat)('ws://127.0.0.1:1/');
  assert.equal(
    inspect(socket, { breakLength: Number.POSITIVE_INFINITY }),
    "Chat { url: 'ws://127.0.0.1:1/', state: 'CONNECTING', protocol: '', room: 'lobby' }",
  );
});

test('a socket that its own fields refer to, and the depth of nested fields', () => {
  const fields = (socket) =>
    Object.assign(socket, { session: { user: { socket } }, deep: { deep: { deep: { deep: 1 } } } });
  const socket = fields(new WebSocket('ws://127.0.0.1:1/'));
  const other = fields({});
  const withoutSpaces = (value, options) => inspect(value, options).replace(/\s+/g, ' ');
  const own = "WebSocket { url: 'ws://127.0.0.1:1/', state: 'CONNECTING', protocol: '', ";
  for (const depth of [0, 1, 2, 3, 4, Number.POSITIVE_INFINITY, null]) {
    // As of an object without a class, but for the marks of references.
    for (const wrap of [(value) => value, (value) => [[value]]]) {
      const expected = withoutSpaces(wrap(other), { depth })
        .replace('<ref *1> ', '')
        .replace('[Circular *1]', '[Circular]');
      const seen = withoutSpaces(wrap(socket), { depth }).replace(own, '{ ').replace('[WebSocket]', '[Object]');
      assert.equal(seen, expected, `${depth}`);
    }
  }
});

test('the prototype, and an object that is no socket, are shown as any other object', () => {
  assert.match(inspect(WebSocket.prototype), /WebSocket/);
  assert.match(inspect(Object.create(WebSocket.prototype)), /WebSocket/);
  assert.match(inspect(WebSocket), /WebSocket/);
});

test('the member is of the prototype, and not enumerable', () => {
  const descriptor = Object.getOwnPropertyDescriptor(WebSocket.prototype, custom);
  assert.equal(typeof descriptor?.value, 'function');
  assert.equal(descriptor?.enumerable, false);
  assert.deepEqual(Object.getOwnPropertySymbols(WebSocket.prototype), [Symbol.toStringTag, custom]);
});
