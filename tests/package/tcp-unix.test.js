// The option `path` of tcp(): unix sockets.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import net from 'node:net';
import { test } from 'node:test';
import { connectionOf, tcp, WebSocket } from 'websocket-wasm';
import { startUnixEcho, unixPath } from '../support/servers/unix.js';
import { localhost, root } from '../support/tls/pki.js';
import { echoed, FAILED, open, shut, story } from './support/sockets.js';

/** The path of a socket, whose folder is removed after the test. */
function pathFor(t) {
  const { path, remove } = unixPath();
  t.after(remove);
  return path;
}

/** An echo server on a unix socket, closed after the test. */
async function served(t, http) {
  const { path, sockets, close } = await startUnixEcho(http);
  t.after(close);
  const hosts = [];
  sockets.on('connection', (_, request) => hosts.push(request.headers.host));
  return { path, hosts };
}

test('ws: over a unix socket, with the URL for the Host header', async (t) => {
  const { path, hosts } = await served(t, createServer());
  const socket = await open('ws://app.test/chat', { transport: tcp({ path }) });
  assert.equal(await echoed(socket, 'hello'), 'hello');
  const big = new Uint8Array(1_000_000).fill(7);
  assert.deepEqual(new Uint8Array(await echoed(socket, big)), big);
  assert.deepEqual(hosts, ['app.test']);
  await shut(socket);
});

test("wss: over a unix socket verifies the URL's host, or servername", async (t) => {
  const { certPem: cert, keyPem: key } = localhost();
  const { path } = await served(t, createTlsServer({ cert, key }));
  const ca = root().certPem;
  for (const [url, options] of [
    ['wss://localhost/', { path, ca }],
    ['wss://127.0.0.1/', { path, ca }],
    ['wss://app.test/', { path, ca, servername: 'localhost' }],
  ]) {
    const socket = await open(url, { transport: tcp(/** @type {any} */ (options)) });
    assert.equal(connectionOf(socket).tls?.protocol, 'TLSv1.3');
    await shut(socket);
  }
  const { failure } = await story('wss://app.test/', { transport: tcp({ path, ca }) });
  assert.equal(failure.code, 'tls-certificate-wrong-host');
});

test('no proxy of the environment stands in front of a unix socket', async (t) => {
  const { path } = await served(t, createServer());
  const { NODE_USE_ENV_PROXY, HTTP_PROXY, http_proxy } = process.env;
  t.after(() => {
    for (const [name, value] of Object.entries({ NODE_USE_ENV_PROXY, HTTP_PROXY, http_proxy })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  Object.assign(process.env, { NODE_USE_ENV_PROXY: '1', http_proxy: 'http://127.0.0.1:1/' });
  await shut(await open('ws://app.test/', { transport: tcp({ path }) }));
});

test('a path without a server fails the connection, and the message names it', async (t) => {
  const path = pathFor(t);
  const { failure, ...rest } = await story('ws://app.test/', { transport: tcp({ path }) });
  assert.deepEqual(rest, FAILED);
  assert.equal(failure.code, 'connect-failed');
  assert.ok(failure.message.includes(path));
});

test('an abort ends a connection to a unix socket', async (t) => {
  const path = pathFor(t);
  const server = net.createServer((socket) => socket.resume().on('error', () => {})).listen(path);
  await once(server, 'listening');
  t.after(() => server.close());
  const ended = once(server, 'connection').then(([socket]) => once(socket, 'close'));
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  const { failure } = await story('wss://app.test/', { transport: tcp({ path }), signal: controller.signal });
  assert.equal(failure.code, 'aborted');
  await ended;
});

test('ws+unix: is a SyntaxError, as everywhere', () => {
  assert.throws(() => new WebSocket('ws+unix:/run/app.sock:/chat'), { name: 'SyntaxError' });
});
