// How the handshake of tls() ends, other than well; and the module below it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import nodeTls from 'node:tls';
import { connectionOf, tcp, tls, WebSocket, wisp } from 'websocket-wasm';
import { listen, startRelay } from '../../scripts/servers.js';
import { moduleArgs, runNode } from '../support/process.js';
import { startTcp, startTls } from '../support/tls/server.js';
import { echoed, next, open, shut, story, until } from './support/sockets.js';
import { ca, certificate, connect, identity, intermediate, linkOver, recorded, target } from './support/tls.js';

let echo;
before(async () => {
  echo = await startTls(identity);
});
after(() => echo.close());

const echoUrl = () => `wss://localhost:${echo.port}/`;

test('a failed handshake sends its alert, and drops the inner link', async (t) => {
  const cert = certificate.certPem + intermediate.certPem;
  const strict = nodeTls.createServer({ key: certificate.keyPem, cert });
  const running = await listen(strict);
  t.after(() => running.close());
  const refused = once(strict, 'tlsClientError');
  const { transport, calls } = recorded();
  const connecting = linkOver(transport, {}, target({ port: running.port }));
  await assert.rejects(connecting, {
    name: 'ConnectionFailure',
    code: 'tls-certificate-unknown-issuer',
    message: "the certificate of localhost isn't from an authority that is trusted",
  });
  const [{ code }] = await refused;
  assert.equal(code, 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA');
  await until(() => calls.includes('destroy'));
  assert.deepEqual(
    calls.filter((name) => name !== 'pause' && name !== 'resume'),
    ['open', 'write', 'write', 'end', 'destroy'],
  );
});

test('an alert of the server is a failure with its name', async (t) => {
  const demanding = await startTls({ ...identity, maxVersion: 'TLSv1.2', requestCert: true });
  t.after(() => demanding.close());
  const { failure } = await story(`wss://localhost:${demanding.port}/`, { tls: { ca } });
  assert.equal(failure.code, 'tls-alert-handshake-failure');
  assert.equal(failure.message, 'localhost ended the connection with the TLS alert handshake-failure');
});

test('the end of the connection during the handshake is a failure', async (t) => {
  const closing = await startTcp((socket) => socket.once('data', () => socket.end()));
  t.after(() => closing.close());
  const connecting = linkOver(tcp, { ca }, target({ port: closing.port }));
  await assert.rejects(connecting, { code: 'tls-truncated', message: /^the connection to localhost ended during/ });
});

test('a server that speaks no TLS is a failure', async (t) => {
  const other = await startTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  t.after(() => other.close());
  const connecting = linkOver(tcp, { ca }, target({ port: other.port }));
  await assert.rejects(connecting, { code: 'tls-handshake', message: /^the TLS handshake with localhost failed: / });
});

test('a signal aborts the handshake, and drops the inner link at once', async (t) => {
  const mute = await startTcp(() => {});
  t.after(() => mute.close());
  // Nothing is flushed: the inner link is dropped all the same.
  const { transport, calls } = recorded((inner) => ({ write: (chunk) => inner.write(chunk, () => {}) }));
  const controller = new AbortController();
  const connecting = linkOver(transport, { ca }, target({ port: mute.port, signal: controller.signal }));
  await until(() => calls.includes('write'));
  controller.abort();
  assert.equal(calls.at(-1), 'destroy');
  await assert.rejects(connecting, { code: 'aborted' });
});

test("a socket's handshakeTimeout bounds the handshake", async (t) => {
  const mute = await startTcp(() => {});
  t.after(() => mute.close());
  const { transport, calls } = recorded();
  const options = { transport: tls(transport, { ca }), handshakeTimeout: 100 };
  const { failure } = await story(`wss://localhost:${mute.port}/`, options);
  assert.equal(failure.code, 'handshake-timeout');
  await until(() => calls.includes('destroy'));
});

test('a failure of the inner transport is passed on', async () => {
  const failing = () => Promise.reject(Object.assign(new Error('no route'), { code: 'my-code' }));
  await assert.rejects(linkOver(failing), { message: 'no route', code: 'my-code' });
  await assert.rejects(
    linkOver(() => ({})),
    TypeError,
  );
});

test('an inner link that fails during the handshake is a failure', async () => {
  const broken = () => ({
    open: (sink) => queueMicrotask(() => sink.fail(new Error('broken'))),
    write() {},
    pause() {},
    resume() {},
    end() {},
    destroy() {},
  });
  await assert.rejects(linkOver(broken), { message: 'broken' });
});

test('over a relay the server is reached, and its name verified', async (t) => {
  const relay = await startRelay({ targets: [echo.port] });
  t.after(() => relay.close());
  const transport = wisp(relay.url, { WebSocket, tls: { ca } });
  const socket = await open(echoUrl(), { transport });
  assert.equal(await echoed(socket, 'hello'), 'hello');
  await shut(socket);
  const { failure } = await story(`wss://127.0.0.1:${echo.port}/`, { transport });
  assert.equal(failure.code, 'tls-certificate-wrong-host');
  assert.equal(failure.message, "the certificate isn't for 127.0.0.1 but for localhost");
});

test('a trap of the module fails its connections, and the next one gets a fresh instance', async () => {
  const socket = await open(echoUrl(), { tls: { ca } });
  const bystander = await connect();
  bystander.open();
  const { getRandomValues } = crypto;
  const noRandomness = () => {
    throw new Error('no randomness');
  };
  let failure;
  try {
    crypto.getRandomValues = noRandomness;
    failure = await linkOver(tcp).catch((error) => error);
  } finally {
    crypto.getRandomValues = getRandomValues;
  }
  assert.equal(failure.code, 'tls-unavailable');
  assert.equal(failure.message, "TLS isn't available: its WebAssembly stopped: no randomness");
  assert.equal((await next(socket, 'close')).code, 1006);
  assert.equal(connectionOf(socket).failure.code, 'tls-unavailable');
  assert.equal(await bystander.ended, 'tls-unavailable');
  bystander.link.write(Buffer.from('x'), () => assert.fail('flushed'));
  bystander.link.destroy();
  await shut(await open(echoUrl(), { tls: { ca } }));
});

test('without its files TLS is unavailable', async () => {
  // The entry for pages fetches them, and Node can't fetch a file: URL.
  const { status, output } = await runNode(
    moduleArgs(`
      const { tls } = await import(new URL('dist/browser.js', import.meta.resolve('websocket-wasm/package.json')).href);

      const calls = [];
      const link = Object.fromEntries(['open', 'write', 'destroy'].map((name) => [name, () => calls.push(name)]));
      const target = { hostname: 'localhost', port: 1, secure: true, url: 'wss://localhost:1/' };
      const { signal } = new AbortController();
      const { code, message } = await tls(() => link, { ca: ${JSON.stringify(ca)} })({ ...target, signal }).catch((e) => e);
      console.log(code, message.includes("import 'websocket-wasm/tls' to inline"), ...calls);
    `),
    import.meta.dirname,
  );
  assert.deepEqual([status, output], [0, 'tls-unavailable true destroy\n']);
});
