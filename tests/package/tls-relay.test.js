// What a relay sees of a wss: connection: the host's name and the port, and ciphertext.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket, wisp } from 'websocket-wasm';
import { startEcho } from '../../scripts/servers.js';
import { startCapturing } from '../support/servers/relay.js';
import { localhost, root } from '../support/tls/pki.js';
import { startTls } from '../support/tls/server.js';
import { echoed, next } from './support/sockets.js';

/** What must not be seen, in the request, in the response and in messages. */
const SECRETS = {
  path: '/secret-path',
  query: 'secret-query=1',
  header: 'Bearer secret-token',
  cookie: 'session=secret-cookie',
  origin: 'https://secret-origin.test',
  subprotocol: 'secret.subprotocol',
  answer: 'set-cookie-of-the-server',
  text: 'secret text from the client',
  binary: 'secret bytes from the client',
  push: 'secret text from the server',
  reason: 'secret reason',
};

/** Parts of HTTP. */
const PARTS = ['GET ', 'HTTP/1.1', 'Sec-WebSocket', 'authorization', 'cookie'];

let encrypted;
let plain;
let relay;
before(async () => {
  encrypted = await startTls({ certificate: localhost() });
  plain = await startEcho();
  for (const { sockets } of [encrypted, plain]) {
    sockets.on('headers', (headers) => headers.push(`Set-Cookie: ${SECRETS.answer}=1`));
    sockets.on('connection', (socket) => socket.send(SECRETS.push));
  }
  relay = await startCapturing([encrypted.port, plain.port]);
});
after(async () => {
  for (const running of [relay, plain, encrypted]) await running?.close();
});

/** Talks to a server through the relay, and returns everything that the relay saw, as one text. */
async function seen(scheme, { port }) {
  relay.captured.length = 0;
  const socket = new WebSocket(`${scheme}://localhost:${port}${SECRETS.path}?${SECRETS.query}`, {
    protocols: SECRETS.subprotocol,
    transport: wisp(relay.url, { WebSocket, ...(scheme === 'wss' && { tls: { ca: root().certPem } }) }),
    headers: { Authorization: SECRETS.header, Cookie: SECRETS.cookie, Origin: SECRETS.origin },
    perMessageDeflate: false,
  });
  socket.binaryType = 'arraybuffer';
  const push = next(socket, 'message');
  await next(socket, 'open');
  assert.equal((await push).data, SECRETS.push);
  assert.equal(await echoed(socket, SECRETS.text), SECRETS.text);
  assert.equal(Buffer.from(await echoed(socket, Buffer.from(SECRETS.binary))).toString(), SECRETS.binary);
  const closed = next(socket, 'close');
  socket.close(4000, SECRETS.reason);
  await closed;
  return Buffer.concat(relay.captured).toString('latin1');
}

test('a relay sees the host, the port, and nothing else', async () => {
  const text = await seen('wss', encrypted);
  assert.ok(text.includes('localhost'), 'the host stands in CONNECT and in the SNI');
  for (const [what, secret] of Object.entries(SECRETS)) assert.ok(!text.includes(secret), what);
  for (const name of PARTS) {
    assert.ok(!text.includes(name), name);
  }
});

test('the same relay sees all of it over ws:', async () => {
  const text = await seen('ws', plain);
  // What the client sends is masked, but comes back unmasked.
  for (const [what, secret] of Object.entries(SECRETS)) assert.ok(text.includes(secret), what);
  for (const name of PARTS) {
    assert.ok(text.includes(name), name);
  }
});
