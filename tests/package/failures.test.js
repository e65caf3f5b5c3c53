// Every way in which connecting can fail: `error`, then `close` 1006, in bounded time, and other sockets go on.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { connectionOf, WebSocket, wisp } from 'websocket-wasm';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { acceptance, startRaw, startRawTls } from '../support/servers/raw.js';
import { FAILED, next, open, shut, story } from './support/sockets.js';

let echo;
let witness;
before(async () => {
  echo = await startEcho();
  witness = await open(echo.url);
});
// A socket that was open all along still works.
after(async () => {
  witness.send('still here');
  assert.equal((await next(witness, 'message')).data, 'still here');
  await shut(witness);
  await echo.close();
});

async function fails(server, options, code, why) {
  try {
    const { failure, ...rest } = await story(server.url, options);
    assert.deepEqual(rest, FAILED);
    assert.ok(/** @type {unknown} */ (failure) instanceof Error);
    assert.equal(failure.name, 'ConnectionFailure');
    assert.match(failure.message, why);
    assert.doesNotMatch(failure.message, /\n/);
    assert.equal(failure.code, code);
    return failure;
  } finally {
    await server.close();
  }
}

const closed = { close: () => {} };
const status = (line) => (socket) => socket.end(`HTTP/1.1 ${line}\r\nContent-Length: 2\r\n\r\nno`);
/** @type {Record<string, [import('../support/servers/raw.js').Answer, string, RegExp]>} */
const answers = {
  'status 200': [status('200 OK'), 'handshake-status', /response code: 200/],
  'status 301, which is not followed': [
    status('301 Moved\r\nLocation: /other'),
    'handshake-status',
    /response code: 301/,
  ],
  'status 401': [status('401 Unauthorized'), 'handshake-status', /response code: 401/],
  'status 503': [status('503 Unavailable'), 'handshake-status', /response code: 503/],
  garbage: [(socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), 'handshake-not-http', /isn't an HTTP\/1.1 response/],
  'the end of the connection': [(socket) => socket.end(), 'handshake-incomplete', /closed before a response/],
  'half a response': [
    (socket) => socket.end('HTTP/1.1 101 Switching'),
    'handshake-incomplete',
    /closed before a response/,
  ],
  'a reset': [(socket) => socket.resetAndDestroy(), 'transport-failed', /reset/],
  'a wrong accept key': [
    (socket, request) => socket.write(acceptance(request.replace(/key: .*/i, 'Key: dGhlIHNhbXBsZSBub25jZQ=='))),
    'handshake-header',
    /Sec-WebSocket-Accept/,
  ],
  'an extension': [
    (socket, request) => socket.write(acceptance(request, 'Sec-WebSocket-Extensions: foo')),
    'handshake-extension',
    /extension.*foo/,
  ],
  'a subprotocol': [
    (socket, request) => socket.write(acceptance(request, 'Sec-WebSocket-Protocol: foo')),
    'handshake-subprotocol',
    /subprotocol.*foo/,
  ],
  'a head without end': [
    (socket) => socket.write(`HTTP/1.1 101 x\r\nA: ${'a'.repeat(100_000)}`),
    'handshake-too-large',
    /more than 65536/,
  ],
};
for (const [name, [answer, code, why]] of Object.entries(answers)) {
  test(`the handshake is answered with ${name}`, async () => {
    await fails(await startRaw(answer), undefined, code, why);
  });
}

test('the handshake is never answered', async () => {
  await fails(await startRaw(() => {}), { handshakeTimeout: 100 }, 'handshake-timeout', /took too long/);
});

test('the handshake is answered a byte at a time, too slowly', async () => {
  const timers = [];
  const server = await startRaw((socket) => {
    let sent = 0;
    timers.push(setInterval(() => socket.write('HTTP/1.1 101 Switching Protocols'[sent++]), 30));
  });
  await fails(server, { handshakeTimeout: 100 }, 'handshake-timeout', /took too long/);
  for (const timer of timers) clearInterval(timer);
});

test('a subprotocol that was asked for is not answered', async () => {
  const server = await startRaw((socket, request) => socket.write(acceptance(request)));
  await fails(server, { protocols: ['chat'] }, 'handshake-header', /no Sec-WebSocket-Protocol/);
});

test('nobody listens at the port', async () => {
  const server = await startRaw(() => {});
  await server.close();
  const failure = await fails({ ...server, ...closed }, undefined, 'connect-refused', /refused/);
  assert.match(`${failure.cause}`, /ECONNREFUSED/);
});

test('TLS fails: the certificate has an authority that is not known', async () => {
  const failure = await fails(
    await startRawTls(() => {}),
    undefined,
    'tls-certificate-unknown-issuer',
    /^can't connect to 127\.0\.0\.1:\d+: the certificate's authority is not known$/,
  );
  assert.match(`${failure.cause}`, /unable to verify the first certificate/);
});

test('TLS fails: the server speaks plain HTTP', async () => {
  const server = http.createServer((_, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const url = `wss://127.0.0.1:${port}/`;
  const close = () => new Promise((resolve) => server.close(resolve));
  const failure = await fails({ url, close }, undefined, 'tls-failed', /: the server does not speak TLS there$/);
  assert.match(`${failure.cause}`, /wrong version number/);
});

test('TLS fails: the server says nothing', async () => {
  const server = await startRaw(() => {});
  const wss = { url: server.url.replace('ws:', 'wss:'), close: server.close };
  await fails(wss, { handshakeTimeout: 300 }, 'handshake-timeout', /took too long/);
});

test('the relay refuses', async () => {
  const relay = await startRelay({ targets: [echo.port] });
  const transport = wisp(relay.url, { WebSocket });
  const { failure, ...rest } = await story(`ws://127.0.0.1:${relay.port}/`, { transport });
  assert.deepEqual(rest, FAILED);
  assert.match(failure.message, /does not allow/);
  const socket = await open(echo.url, { transport });
  await shut(socket);
  await relay.close();
});

test('the server is unreachable for the relay', async () => {
  const server = await startRaw(() => {});
  await server.close();
  const relay = await startRelay({ targets: [server.port] });
  const { failure, ...rest } = await story(server.url, { transport: wisp(relay.url, { WebSocket }) });
  assert.deepEqual(rest, FAILED);
  assert.match(failure.message, /relay closed the connection/);
  await relay.close();
});

test('the relay is unreachable, and the relay goes away', async () => {
  const relay = await startRelay({ targets: [echo.port] });
  const transport = wisp(relay.url, { WebSocket });
  const socket = await open(echo.url, { transport });
  await relay.close();
  assert.equal((await next(socket, 'close')).code, 1006);
  assert.match(connectionOf(socket).failure.message, /relay/);
  const { failure, ...rest } = await story(echo.url, { transport });
  assert.deepEqual(rest, FAILED);
  assert.match(failure.message, /relay/);
});

test('wss: over a relay is refused, not sent in the clear', async () => {
  const relay = await startRelay({ targets: [echo.port] });
  const { failure, ...rest } = await story('wss://127.0.0.1/', { transport: wisp(relay.url, { WebSocket }) });
  assert.deepEqual(rest, FAILED);
  assert.equal(failure.code, 'transport-not-encrypted');
  await relay.close();
});

const transports = {
  throws: [
    () => {
      throw new Error('mine');
    },
    'connect-failed',
    /mine/,
  ],
  rejects: [() => Promise.reject(new Error('mine')), 'connect-failed', /mine/],
  'gives nothing': [() => {}, 'connect-failed', /neither \{ readable, writable \} nor a link/],
  'delivers strings': [
    () => ({ readable: new Response('x').body.pipeThrough(new TextDecoderStream()), writable: new WritableStream() }),
    'transport-failed',
    /string was delivered/,
  ],
  'breaks when written to': [
    () => ({
      readable: new ReadableStream(),
      writable: new WritableStream({
        write() {
          throw new Error('broken pipe');
        },
      }),
    }),
    'transport-failed',
    /broken pipe/,
  ],
};
for (const [name, [transport, code, why]] of Object.entries(transports)) {
  test(`the transport ${name}`, async () => {
    await fails({ url: echo.url, ...closed }, { transport }, code, why);
  });
}

test('a process ends by itself once its sockets are closed, however they ended', async () => {
  const relay = await startRelay({ targets: [echo.port] });
  const silent = await startRaw(() => {});
  const script = `
    import { WebSocket, wisp } from 'websocket-wasm';
    const transport = wisp('${relay.url}', { WebSocket });
    const urls = ['${echo.url}', '${silent.url}', 'ws://127.0.0.1:1/', 'wss://127.0.0.1:${silent.port}/'];
    for (const url of urls) {
      for (const options of [{}, { transport }]) {
        const socket = new WebSocket(url, { ...options, handshakeTimeout: 300 });
        socket.onopen = () => socket.close();
      }
    }`;
  const { status } = await new Promise((resolve) => {
    const child = spawn('node', ['--input-type=module', '--eval', script], {
      cwd: import.meta.dirname,
      stdio: 'inherit',
    });
    child.on('exit', (status) => resolve({ status }));
  });
  assert.equal(status, 0);
  await silent.close();
  await relay.close();
});

test('close() and an AbortSignal while connecting give up', async () => {
  const server = await startRaw(() => {});
  const socket = new WebSocket(server.url);
  const events = [];
  socket.onopen = socket.onerror = ({ type }) => events.push(type);
  socket.close();
  assert.equal(socket.readyState, WebSocket.CLOSING);
  assert.equal((await next(socket, 'close')).code, 1006);
  assert.deepEqual(events, ['error']);
  const controller = new AbortController();
  const aborted = story(server.url, { signal: controller.signal });
  controller.abort();
  const { failure, ...rest } = await aborted;
  assert.deepEqual(rest, FAILED);
  assert.match(failure.message, /before it was established/);
  await server.close();
});
