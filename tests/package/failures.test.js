// Every way in which connecting can fail: `error`, then `close` 1006, in bounded time; other sockets are unaffected.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { connectionOf, WebSocket, wisp } from 'websocket-wasm';
import { listen, startEcho, startRelay } from '../../scripts/servers.js';
import { moduleArgs, runNode } from '../support/process.js';
import { acceptance, startAccepting, startRaw, startRawTls } from '../support/servers/raw.js';
import { echoed, FAILED, next, open, shut, story } from './support/sockets.js';

let echo;
let witness;
before(async () => {
  echo = await startEcho();
  witness = await open(echo.url);
});
// A socket that was open throughout still works.
after(async () => {
  assert.equal(await echoed(witness, 'still open'), 'still open');
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
  'an extension that was not offered': [
    (socket, request) => socket.write(acceptance(request, 'Sec-WebSocket-Extensions: foo')),
    'handshake-extension',
    /extension.*foo/,
  ],
  'a subprotocol that was not requested': [
    (socket, request) => socket.write(acceptance(request, 'Sec-WebSocket-Protocol: foo')),
    'handshake-subprotocol',
    /subprotocol.*foo/,
  ],
  'a header without end': [
    (socket) => socket.write(`HTTP/1.1 101 x\r\nA: ${'a'.repeat(100_000)}`),
    'handshake-too-large',
    /more than 65536/,
  ],
};
for (const [name, [answer, code, why]] of Object.entries(answers)) {
  test(`${name} in place of a handshake response fails the connection`, async () => {
    await fails(await startRaw(answer), undefined, code, why);
  });
}

test('a handshake without a response fails after handshakeTimeout', async () => {
  await fails(await startRaw(() => {}), { handshakeTimeout: 100 }, 'handshake-timeout', /took too long/);
});

test('a handshake response that arrives too slowly fails after handshakeTimeout', async () => {
  const timers = [];
  const server = await startRaw((socket) => {
    let sent = 0;
    timers.push(setInterval(() => socket.write('HTTP/1.1 101 Switching Protocols'[sent++]), 30));
  });
  await fails(server, { handshakeTimeout: 100 }, 'handshake-timeout', /took too long/);
  for (const timer of timers) clearInterval(timer);
});

test('a response without the requested subprotocol fails the connection', async () => {
  const server = await startAccepting();
  await fails(server, { protocols: ['chat'] }, 'handshake-header', /no Sec-WebSocket-Protocol/);
});

test('a port without a listener refuses the connection', async () => {
  const server = await startRaw(() => {});
  await server.close();
  const failure = await fails({ ...server, ...closed }, undefined, 'connect-refused', /refused/);
  assert.match(`${failure.cause}`, /ECONNREFUSED/);
});

test('TLS fails if the certificate has an unknown issuer', async () => {
  const failure = await fails(
    await startRawTls(() => {}),
    undefined,
    'tls-certificate-unknown-issuer',
    /^can't connect to 127\.0\.0\.1:\d+: the certificate's authority is not known$/,
  );
  assert.match(`${failure.cause}`, /unable to verify the first certificate/);
});

test('TLS fails if the server speaks plain HTTP', async () => {
  const server = http.createServer((_, response) => response.end('hello'));
  const failure = await fails(
    await listen(server, { scheme: 'wss' }),
    undefined,
    'tls-failed',
    /: the server does not speak TLS there$/,
  );
  assert.match(`${failure.cause}`, /wrong version number/);
});

test('TLS with a silent server fails after handshakeTimeout', async () => {
  const server = await startRaw(() => {});
  const wss = { url: server.url.replace('ws:', 'wss:'), close: server.close };
  await fails(wss, { handshakeTimeout: 300 }, 'handshake-timeout', /took too long/);
});

test('a relay refuses a target that it does not allow', async () => {
  const relay = await startRelay({ targets: [echo.port] });
  const transport = wisp(relay.url, { WebSocket });
  const { failure, ...rest } = await story(`ws://127.0.0.1:${relay.port}/`, { transport });
  assert.deepEqual(rest, FAILED);
  assert.match(failure.message, /host or port not allowed/);
  const socket = await open(echo.url, { transport });
  await shut(socket);
  await relay.close();
});

test('a server that the relay cannot reach fails the connection', async () => {
  const server = await startRaw(() => {});
  await server.close();
  const relay = await startRelay({ targets: [server.port] });
  const { failure, ...rest } = await story(server.url, { transport: wisp(relay.url, { WebSocket }) });
  assert.deepEqual(rest, FAILED);
  assert.match(failure.message, /relay closed the connection/);
  await relay.close();
});

test('a relay that stops fails open sockets and new ones', async () => {
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

test('wss: over a relay to a server that does not speak TLS fails', async () => {
  const relay = await startRelay({ targets: [echo.port] });
  const url = echo.url.replace('ws:', 'wss:');
  const { failure, ...rest } = await story(url, { transport: wisp(relay.url, { WebSocket }) });
  assert.deepEqual(rest, FAILED);
  assert.equal(failure.code, 'tls-handshake');
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
  'returns nothing': [() => {}, 'connect-failed', /neither \{ readable, writable \} nor a link/],
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
  test(`a transport that ${name} fails the connection`, async () => {
    await fails({ url: echo.url, ...closed }, { transport }, code, why);
  });
}

test('a process exits once its sockets are closed, however they ended', async () => {
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
  const { status } = await runNode(moduleArgs(script), import.meta.dirname);
  assert.equal(status, 0);
  await silent.close();
  await relay.close();
});

test('close() and an AbortSignal abort connecting', async () => {
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
