// The target that a transport is called with, and its signal.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { tcp, tls, WebSocket } from 'websocket-wasm';
import { startEcho } from '../../scripts/servers.js';
import { open, shut } from './support/sockets.js';

/** A socket whose transport never connects, and the target that the transport was called with. */
async function connecting(url = 'ws://host.test:81/path', wrap = (transport) => transport) {
  let target;
  const transport = wrap((given) => {
    target = given;
    return new Promise(() => {});
  });
  const socket = new WebSocket(url, { transport });
  await turn();
  return { socket, target };
}

/** How a transport may read the signal. */
const READS = {
  directly: (target) => target.signal,
  'by destructuring': ({ signal }) => signal,
  'from a copy': (target) => ({ ...target }).signal,
  'from an assigned copy': (target) => Object.assign({}, target).signal,
  'from an object that inherits from it': (target) => Object.create(target, { port: { value: 1 } }).signal,
};
for (const [how, read] of Object.entries(READS)) {
  test(`a signal read ${how} aborts when the connection is no longer wanted`, async () => {
    const { socket, target } = await connecting();
    const signal = read(target);
    assert.ok(signal instanceof AbortSignal);
    assert.equal(read(target), signal);
    assert.equal(signal.aborted, false);
    const aborted = once(signal, 'abort');
    socket.close();
    await aborted;
    assert.equal(signal.reason.name, 'AbortError');
  });
}

test('a signal that is read afterwards has aborted', async () => {
  const { socket, target } = await connecting();
  socket.close();
  await once(socket, 'close');
  assert.equal(target.signal.aborted, true);
});

test("a target has a URL's parts, and no more attributes than documented", async () => {
  const { socket, target } = await connecting();
  assert.deepEqual(
    { ...target, signal: undefined },
    {
      hostname: 'host.test',
      port: 81,
      secure: false,
      url: 'ws://host.test:81/path',
      targetAddressSpace: undefined,
      signal: undefined,
    },
  );
  socket.close();
});

test('the transport below tls() is asked for plain bytes, and aborted with the connection', async () => {
  const { socket, target } = await connecting('wss://host.test/', tls);
  assert.equal(target.secure, false);
  const { signal } = target;
  socket.close();
  await once(socket, 'close');
  assert.equal(signal.aborted, true);
});

test('tcp takes a target, and copies of it with another signal', async (t) => {
  const echo = await startEcho();
  t.after(() => echo.close());
  const controller = new AbortController();
  const copies = {
    itself: (target) => target,
    copy: (target) => ({ ...target }),
    other: (target) => ({ ...target, signal: controller.signal }),
    inheriting: (target) => Object.create(target),
  };
  for (const copy of Object.values(copies)) {
    await shut(await open(echo.url, { transport: (target) => tcp(copy(target)) }));
  }
  controller.abort();
  const aborted = new WebSocket(echo.url, { transport: (target) => tcp(copies.other(target)) });
  const [event] = await once(aborted, 'close');
  assert.equal(event.code, 1006);
});

test('closing a socket while tcp connects aborts that', async (t) => {
  const echo = await startEcho();
  t.after(() => echo.close());
  let connecting;
  const socket = new WebSocket(echo.url, {
    transport: (target) => {
      connecting = tcp(target);
      socket.close();
      return connecting;
    },
  });
  await once(socket, 'close');
  await assert.rejects(connecting, { code: 'aborted' });
});
