// A trap in the core closes the sockets of that core instance, and no others.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectionOf, initSync, WebSocket } from 'websocket-wasm/slim';
import { startEcho } from '../../scripts/servers.js';
import { echoed, next } from '../support/events.js';
import { startAccepting } from '../support/servers/raw.js';
import { trappingWasm } from '../support/wasm.js';

let echo;
before(async () => {
  initSync(trappingWasm(new URL(import.meta.resolve('websocket-wasm/websocket_wasm.wasm'))));
  echo = await startEcho();
});
after(() => echo.close());

/** Records a socket's events. */
function watch(socket) {
  const events = [];
  for (const type of ['open', 'message', 'error', 'close']) {
    socket.addEventListener(type, ({ code, wasClean }) => {
      events.push([type, socket.readyState, ...(type === 'close' ? [code, wasClean] : [])]);
    });
  }
  return events;
}

async function opened(options) {
  const socket = new WebSocket(echo.url, options);
  const events = watch(socket);
  await next(socket, 'open');
  return { socket, events };
}

/** Calls the function that traps. */
const trap = (socket) => connectionOf(socket).trace(() => {});

test('every socket of the core gets error and close 1006, and the caller gets no exception', async () => {
  const open = await Promise.all([opened(), opened({ protocols: 'chat' })]);
  const connecting = new WebSocket(echo.url);
  const events = watch(connecting);
  const ping = connectionOf(open[1].socket).ping();
  ping.catch(() => {});

  assert.equal(trap(open[0].socket), undefined);
  for (const { socket } of open) {
    assert.equal(socket.send('discarded'), undefined);
    assert.throws(() => socket.close(1), { name: 'InvalidAccessError' });
    socket.close();
  }
  await next(connecting, 'close');
  const failure = [
    ['error', 3],
    ['close', 3, 1006, false],
  ];
  assert.deepEqual(
    open.map((each) => each.events),
    [
      [['open', 1], ...failure],
      [['open', 1], ...failure],
    ],
  );
  assert.deepEqual(events, failure);
  await assert.rejects(ping, { name: 'InvalidStateError' });
  for (const socket of [open[0].socket, open[1].socket, connecting]) {
    assert.equal(socket.url, echo.url);
    const { code, message, cause } = connectionOf(socket).failure;
    assert.equal(code, 'core-stopped');
    assert.match(message, /the WebAssembly core stopped: unreachable/);
    assert.ok(cause instanceof WebAssembly.RuntimeError);
  }
  assert.equal(open[1].socket.protocol, 'chat');
});

test('sockets of another instance stay open', async () => {
  // More than one instance takes.
  const sockets = (await Promise.all(Array.from({ length: 300 }, () => opened()))).map(({ socket }) => socket);
  trap(sockets[0]);
  await next(sockets[0], 'close');
  const open = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN);
  assert.ok(open.length > 0);
  for (const socket of open) assert.equal(await echoed(socket, 'still open'), 'still open');
  for (const socket of open) socket.close();
});

test('new sockets work after each trap', async () => {
  for (let i = 0; i < 3; i += 1) {
    const { socket, events } = await opened();
    socket.send(`message ${i}`);
    assert.equal((await next(socket, 'message')).data, `message ${i}`);
    trap(socket);
    await next(socket, 'close');
    assert.deepEqual(events.slice(2), [
      ['error', 3],
      ['close', 3, 1006, false],
    ]);
  }
  const { socket } = await opened();
  socket.close(1000);
  assert.equal((await next(socket, 'close')).code, 1000);
});

test('a trap in an event handler closes all sockets of the core', async () => {
  const { socket } = await opened();
  const neighbour = await opened();
  socket.addEventListener('message', () => {
    trap(neighbour.socket);
    socket.send('too late');
  });
  socket.send('now');
  socket.send('and again');
  await Promise.all([next(socket, 'close'), next(neighbour.socket, 'close')]);
  assert.deepEqual(neighbour.events, [
    ['open', 1],
    ['error', 3],
    ['close', 3, 1006, false],
  ]);
});

test('a trap while a transport is called does not block later sockets to the host', async () => {
  const { socket: victim } = await opened();
  const closed = next(victim, 'close');
  let calls = 0;
  const transport = () => {
    calls += 1;
    if (calls === 1) trap(victim);
    return new Promise(() => {});
  };
  const first = new WebSocket('ws://a.test/', { transport });
  await Promise.all([closed, next(first, 'close')]);
  const second = new WebSocket('ws://a.test/', { transport, handshakeTimeout: 50 });
  await next(second, 'close');
  assert.equal(calls, 2);
});

test('a trap after the error event fires no second one, and keeps the failure', async () => {
  const server = await startAccepting((peer) => peer.write(Buffer.of(0xff, 0)));
  try {
    const socket = new WebSocket(server.url);
    const events = watch(socket);
    socket.addEventListener('error', () => trap(socket));
    await next(socket, 'close');
    assert.deepEqual(
      events.map(([type]) => type),
      ['open', 'error', 'close'],
    );
    const { code } = connectionOf(socket).failure;
    assert.equal(code, 'reserved-bits');
  } finally {
    await server.close();
  }
});

test('bufferedAmount still counts after a trap', async () => {
  const { socket } = await opened();
  trap(socket);
  await next(socket, 'close');
  assert.equal(socket.bufferedAmount, 0);
  socket.send('counted');
  assert.equal(socket.bufferedAmount, 7);
});
