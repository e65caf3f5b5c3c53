// Valid but unusual handshake responses (RFC 9110, RFC 9112): many headers, folded lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { startAccepting } from '../support/servers/raw.js';
import { next, open, shut } from './support/sockets.js';

/** Opens a socket to a server that accepts with these headers, and resolves with its subprotocol. */
async function opens(headers, options) {
  const server = await startAccepting(() => {}, ...headers);
  try {
    const socket = await open(server.url, { ...options, closeTimeout: 50 });
    const { protocol } = socket;
    await shut(socket);
    return protocol;
  } finally {
    await server.close();
  }
}

test('a response with 300 cookies is accepted', async () => {
  const cookies = Array.from({ length: 300 }, (_, i) => `Set-Cookie: name${i}=${'v'.repeat(20)}`);
  await opens(cookies);
});

test('any number of headers is accepted within maxHeaderSize, and none beyond it', async () => {
  const headers = (count) => Array.from({ length: count }, () => 'a: b');
  await opens(headers(10_000));
  const server = await startAccepting(() => {}, ...headers(11_000));
  const socket = new WebSocket(server.url);
  assert.equal((await next(socket, 'close')).code, 1006);
  assert.equal(connectionOf(socket).failure.code, 'handshake-too-large');
  await server.close();
});

test('a folded line is read with a space in place of the fold (RFC 9112 5.2)', async () => {
  const folded = ['Server: one\r\n two', 'Sec-WebSocket-Protocol:\r\n\tchat'];
  assert.equal(await opens(folded, { protocols: ['chat'] }), 'chat');
});
