// Every way in which connecting can fail: `error`, then `close` 1006, in bounded time, and other sockets go on.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { connectionOf, WebSocket, wisp } from 'websocket-wasm';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { acceptance, startRaw, startRawTls } from '../servers/raw.js';
import { FAILED, next, open, story } from './support.js';

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
  witness.close();
  await next(witness, 'close');
  await echo.close();
});

async function fails(server, options, why) {
  try {
    const { failure, ...rest } = await story(server.url, options);
    assert.deepEqual(rest, FAILED);
    assert.match(failure, why);
  } finally {
    await server.close();
  }
}

const closed = { close: () => {} };
const status = (line) => (socket) => socket.end(`HTTP/1.1 ${line}\r\nContent-Length: 2\r\n\r\nno`);
/** @type {Record<string, [import('../servers/raw.js').Answer, RegExp]>} */
const answers = {
  'status 200': [status('200 OK'), /response code: 200/],
  'status 301, which is not followed': [status('301 Moved\r\nLocation: /other'), /response code: 301/],
  'status 401': [status('401 Unauthorized'), /response code: 401/],
  'status 503': [status('503 Unavailable'), /response code: 503/],
  garbage: [(socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), /isn't an HTTP\/1.1 response/],
  'the end of the connection': [(socket) => socket.end(), /closed before a response/],
  'half a response': [(socket) => socket.end('HTTP/1.1 101 Switching'), /closed before a response/],
  'a reset': [(socket) => socket.resetAndDestroy(), /ECONNRESET/],
  'a wrong accept key': [
    (socket, request) => socket.write(acceptance(request.replace(/key: ./i, 'Key: 0'))),
    /Sec-WebSocket-Accept/,
  ],
  'an extension': [
    (socket, request) => socket.write(acceptance(request, 'Sec-WebSocket-Extensions: foo')),
    /extension.*foo/,
  ],
  'a subprotocol': [
    (socket, request) => socket.write(acceptance(request, 'Sec-WebSocket-Protocol: foo')),
    /subprotocol.*foo/,
  ],
  'a head without end': [(socket) => socket.write(`HTTP/1.1 101 x\r\nA: ${'a'.repeat(100_000)}`), /more than 65536/],
};
for (const [name, [answer, why]] of Object.entries(answers)) {
  test(`the handshake is answered with ${name}`, async () => {
    await fails(await startRaw(answer), undefined, why);
  });
}

test('the handshake is never answered', async () => {
  await fails(await startRaw(() => {}), { handshakeTimeout: 100 }, /took too long/);
});

test('the handshake is answered a byte at a time, too slowly', async () => {
  const timers = [];
  const server = await startRaw((socket) => {
    timers.push(setInterval(() => socket.write('H'), 30));
  });
  await fails(server, { handshakeTimeout: 100 }, /isn't an HTTP|took too long/);
  for (const timer of timers) clearInterval(timer);
});

test('a subprotocol that was asked for is not answered', async () => {
  const server = await startRaw((socket, request) => socket.write(acceptance(request)));
  await fails(server, { protocols: ['chat'] }, /no Sec-WebSocket-Protocol/);
});

test('nobody listens at the port', async () => {
  const server = await startRaw(() => {});
  await server.close();
  await fails({ ...server, ...closed }, undefined, /ECONNREFUSED/);
});

test('TLS fails: nobody vouches for the certificate', async () => {
  await fails(await startRawTls(() => {}), undefined, /unable to verify|self.signed|issuer/i);
});

test('TLS fails: the server speaks none', async () => {
  const server = await startRaw(() => {});
  await fails({ url: server.url.replace('ws:', 'wss:'), close: server.close }, { handshakeTimeout: 1_000 }, /./);
});

test('the relay refuses', async () => {
  const relay = await startRelay({ targets: [echo.port] });
  const transport = wisp(relay.url, { WebSocket });
  const { failure, ...rest } = await story(`ws://127.0.0.1:${relay.port}/`, { transport });
  assert.deepEqual(rest, FAILED);
  assert.match(failure, /does not allow/);
  const socket = await open(echo.url, { transport });
  socket.close();
  await next(socket, 'close');
  await relay.close();
});

test('the server is unreachable for the relay', async () => {
  const server = await startRaw(() => {});
  await server.close();
  const relay = await startRelay({ targets: [server.port] });
  const { failure, ...rest } = await story(server.url, { transport: wisp(relay.url, { WebSocket }) });
  assert.deepEqual(rest, FAILED);
  assert.match(failure, /relay closed the connection/);
  await relay.close();
});

test('the relay is unreachable, and the relay goes away', async () => {
  const relay = await startRelay({ targets: [echo.port] });
  const transport = wisp(relay.url, { WebSocket });
  const socket = await open(echo.url, { transport });
  await relay.close();
  assert.equal((await next(socket, 'close')).code, 1006);
  assert.match(connectionOf(socket).failure, /relay/);
  const { failure, ...rest } = await story(echo.url, { transport });
  assert.deepEqual(rest, FAILED);
  assert.match(failure, /relay/);
});

test('wss: over a relay is refused, not sent in the clear', async () => {
  const relay = await startRelay({ targets: [echo.port] });
  const { failure, ...rest } = await story('wss://127.0.0.1/', { transport: wisp(relay.url, { WebSocket }) });
  assert.deepEqual(rest, FAILED);
  assert.match(failure, /TLS/);
  await relay.close();
});

const transports = {
  throws: [
    () => {
      throw new Error('mine');
    },
    /mine/,
  ],
  rejects: [() => Promise.reject(new Error('mine')), /mine/],
  'gives nothing': [() => {}, /neither \{ readable, writable \} nor a link/],
  'delivers strings': [
    () => ({ readable: new Response('x').body.pipeThrough(new TextDecoderStream()), writable: new WritableStream() }),
    /delivered string/,
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
    /broken pipe/,
  ],
};
for (const [name, [transport, why]] of Object.entries(transports)) {
  test(`the transport ${name}`, async () => {
    await fails({ url: echo.url, ...closed }, { transport }, why);
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
  assert.match(failure, /before it was established/);
  await server.close();
});
