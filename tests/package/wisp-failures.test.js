// Failures of the Wisp transport, and that they affect nothing else.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { connectionOf, WebSocket, wisp } from 'websocket-wasm';
import { WebSocket as Ws } from 'ws';
import { acceptance, startRaw } from '../support/servers/raw.js';
import { CLOSE, CONNECT, DATA, packet } from '../support/servers/relay.js';
import { echoed, next, open, shut } from './support/sockets.js';
import { connect, echo, failureOf, proxied, relay, scripted, target } from './support/wisp.js';

test('an unreachable relay is an error that names it', async () => {
  const server = await startRaw(() => {});
  await server.close();
  for (const Class of [WebSocket, Ws]) {
    const error = await failureOf(wisp(server.url, { WebSocket: /** @type {any} */ (Class) }));
    assert.equal(error.code, 'relay-unreachable');
    assert.match(error.message, /^The relay ws:\/\/127\.0\.0\.1:\d+\/ can't be reached\.$/);
    if (Class === Ws) assert.equal(error.cause.code, 'ECONNREFUSED');
  }
});

test('a relay that closes the carrier is an error with the code', async (t) => {
  const running = await scripted(t, (carrier) => carrier.close(4321));
  const error = await failureOf(wisp(running.url, { WebSocket }));
  assert.equal(error.code, 'relay-unreachable');
  assert.match(error.message, /closed its connection \(code 4321\)/);
});

test('a class whose constructor throws, or a function that is not a class, fails the attempt but not the next one', async () => {
  let broken = true;
  class Broken extends WebSocket {
    constructor(url) {
      super(broken ? 'ws://' : url);
    }
  }
  const transport = wisp(relay.url, { WebSocket: Broken });
  const error = await failureOf(transport);
  assert.equal(error.code, 'relay-unreachable');
  assert.equal(error.cause.name, 'SyntaxError');
  broken = false;
  await shut(await open(echo.url, { transport }));
  const none = await failureOf(wisp(relay.url, { WebSocket: /** @type {any} */ (() => {}) }));
  assert.equal(none.code, 'relay-unreachable');
  assert.ok(none.cause instanceof TypeError);
});

test("if send() of the class throws, the carrier's streams fail, and the next attempt opens another", async () => {
  let broken = false;
  class Broken extends WebSocket {
    /** @override */
    send(data) {
      if (broken) throw new Error('no more');
      super.send(data);
    }
  }
  const transport = wisp(relay.url, { WebSocket: Broken });
  const socket = await open(echo.url, { transport });
  broken = true;
  socket.send('lost');
  assert.equal((await next(socket, 'close')).code, 1006);
  assert.match(`${connectionOf(socket).failure}`, /can't be written to/);
  assert.equal((await failureOf(transport)).cause.message, 'no more');
  broken = false;
  await shut(await open(echo.url, { transport }));
});

test('a class that delivers Blobs fails; one that delivers views works', async () => {
  class Blobs extends WebSocket {
    /** @override */
    get binaryType() {
      return super.binaryType;
    }
    /** @override */
    set binaryType(_) {}
  }
  const error = await failureOf(wisp(relay.url, { WebSocket: Blobs }));
  assert.equal(error.code, 'relay-unreachable');
  assert.match(error.message, /delivers no ArrayBuffers/);
  // Its default is Node's Buffers.
  class Buffers extends Ws {
    constructor(url) {
      super(url);
      Object.defineProperty(this, 'binaryType', { get: () => 'nodebuffer', set() {} });
    }
  }
  const socket = await open(echo.url, { transport: wisp(relay.url, { WebSocket: /** @type {any} */ (Buffers) }) });
  assert.equal(await echoed(socket, 'hello'), 'hello');
  await shut(socket);
});

test('a signal aborts before and while connecting, and no listener is left on it', async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const before = await failureOf(transport, target({ signal: AbortSignal.abort() }));
  assert.equal(proxy.connections, 0);
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = () => getEventListeners(signal, 'abort').length;
  const link = await connect(transport, target({ signal }));
  assert.equal(listeners(), 0, 'connected');
  link.destroy();
  await failureOf(wisp('ws://127.0.0.1:1/', { WebSocket }), target({ signal }));
  assert.equal(listeners(), 0, 'failed');
  proxy.silence();
  const during = failureOf(wisp(proxy.url, { WebSocket: class extends WebSocket {} }), target({ signal }));
  controller.abort();
  for (const error of [before, await during]) {
    assert.equal(error.code, 'aborted');
    assert.equal(error.message, 'the connection was aborted');
  }
  assert.equal(listeners(), 0, 'aborted');
});

test('64 MiB of unread data fail a connection, and no other', async (t) => {
  const chunk = Buffer.concat([packet(DATA, 1), Buffer.alloc(1024 * 1024)]);
  const running = await scripted(t, (carrier, { type, id, payload }) => {
    if (type === DATA && id === 1) for (let i = 0; i < 66; i += 1) carrier.send(chunk);
    if (type === DATA && id === 2) carrier.send(packet(DATA, id, ...payload));
  });
  const transport = wisp(running.url, { WebSocket });
  const link = await connect(transport);
  const failed = new Promise((fail) => link.open({ data: () => {}, end: () => {}, fail }));
  link.pause();
  const neighbour = await connect(transport);
  link.write(Uint8Array.of(1), () => {});
  const error = /** @type {any} */ (await failed);
  assert.equal(error.code, 'too-much-unread');
  assert.match(error.message, /64 MiB/);
  const data = new Promise((resolve) => neighbour.open({ data: resolve, end: () => {}, fail: resolve }));
  neighbour.write(Uint8Array.of(9), () => {});
  assert.deepEqual([.../** @type {any} */ (await data)], [9]);
  neighbour.destroy();
});

test('64 MiB of unread data before the link is opened fail it on open()', async (t) => {
  const flood = Buffer.concat([packet(DATA, 1), Buffer.alloc(1024 * 1024)]);
  const running = await scripted(t, (carrier, { type }) => {
    if (type === CONNECT) for (let i = 0; i < 66; i += 1) carrier.send(flood);
    if (type === CLOSE) flooded?.();
  });
  /** @type {((value?: unknown) => void) | undefined} */
  let flooded;
  const over = new Promise((resolve) => {
    flooded = resolve;
  });
  const link = await connect(wisp(running.url, { WebSocket }));
  await over;
  const error = await new Promise((fail) => link.open({ data: () => {}, end: () => {}, fail }));
  assert.equal(/** @type {any} */ (error).code, 'too-much-unread');
});

test('messages that a class delivers in one task are dispatched in tasks of their own', async (t) => {
  const text = (id, letter) => packet(DATA, id, 0x81, 1, letter.charCodeAt(0));
  const running = await scripted(t, (carrier, { type, id, payload }) => {
    if (type !== DATA || !`${payload}`.startsWith('GET')) return;
    carrier.send(packet(DATA, id, ...Buffer.from(acceptance(`${payload}`))));
    setTimeout(() => {
      carrier._socket.cork();
      for (const letter of 'abc') carrier.send(text(id, letter));
      carrier._socket.uncork();
    }, 50);
  });
  const socket = await open(echo.url, { transport: wisp(running.url, { WebSocket: /** @type {any} */ (Ws) }) });
  const seen = [];
  await new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      seen.push(data);
      Promise.resolve().then(() => seen.push('microtask'));
      if (data === 'c') setTimeout(resolve);
    };
  });
  assert.deepEqual(seen, ['a', 'microtask', 'b', 'microtask', 'c', 'microtask']);
  await running.close();
});
