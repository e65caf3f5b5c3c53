// AbortSignals: many sockets may share one, and they remove their listeners.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, before, test } from 'node:test';
import { connectionOf, tcp, WebSocket } from 'websocket-wasm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { startEcho } from '../../scripts/servers.js';
import { startRaw } from '../support/servers/raw.js';
import { echoed, next, open, pause, shut, story } from './support/sockets.js';

let echo;
const warnings = [];
const warn = (warning) => warnings.push(warning);
before(async () => {
  echo = await startEcho();
  process.on('warning', warn);
});
after(async () => {
  process.off('warning', warn);
  await echo.close();
});

const methodsOf = (link) =>
  Object.fromEntries(
    ['write', 'pause', 'resume', 'end', 'destroy'].map((name) => [name, (...args) => link[name](...args)]),
  );

const listeners = (signal) => getEventListeners(signal, 'abort').length;

test('100 connecting sockets add at most one listener, and none is left once they are open', async () => {
  const { signal } = new AbortController();
  const sockets = Array.from({ length: 100 }, () => new WebSocket(echo.url, { signal }));
  await Promise.resolve();
  assert.ok(listeners(signal) <= 1, `${listeners(signal)} while connecting`);
  await Promise.all(sockets.map((socket) => next(socket, 'open')));
  assert.equal(listeners(signal), 0);
  for (const socket of sockets) socket.close();
  await Promise.all(sockets.map((socket) => next(socket, 'close')));
  assert.deepEqual(warnings, []);
});

test('a WebSocketStream leaves no listener once it is open', async () => {
  const { signal } = new AbortController();
  const streams = Array.from({ length: 20 }, () => new WebSocketStream(echo.url, { signal }));
  await Promise.all(streams.map(({ opened }) => opened));
  assert.equal(listeners(signal), 0);
  for (const stream of streams) stream.close();
  await Promise.all(streams.map(({ closed }) => closed));
  assert.deepEqual(warnings, []);
});

test('no listener is left after a failure, after close() while connecting, or on an aborted signal', async () => {
  const { signal } = new AbortController();
  const failing = new WebSocket('ws://127.0.0.1:1/', { signal });
  const closing = new WebSocket(echo.url, { signal });
  closing.close();
  await Promise.all([failing, closing].map((socket) => next(socket, 'close')));
  assert.equal(listeners(signal), 0);

  const aborted = AbortSignal.abort();
  const socket = new WebSocket(echo.url, { signal: aborted });
  await next(socket, 'close');
  assert.equal(connectionOf(socket).failure.code, 'aborted');
  assert.equal(listeners(aborted), 0);
});

test('an object that only resembles a signal is a TypeError', () => {
  for (const signal of [{}, { [Symbol.toStringTag]: 'AbortSignal' }, Object.create(AbortSignal.prototype), 'x']) {
    assert.throws(() => new WebSocket(echo.url, { signal }), TypeError);
  }
});

test('open is not dispatched if the signal aborts first', async () => {
  const controller = new AbortController();
  const transport = async (target) => {
    const link = await tcp(target);
    const open = (sink) =>
      link.open({
        data: (bytes) => {
          sink.data(bytes);
          controller.abort();
        },
        end: sink.end,
        fail: sink.fail,
      });
    return { ...methodsOf(link), open };
  };
  const { events, failure } = await story(echo.url, { transport, signal: controller.signal });
  assert.deepEqual(events, ['error at 3', 'close at 3']);
  assert.equal(failure.code, 'aborted');
});

test('a signal aborts all connecting sockets, and no open one', async () => {
  const silent = await startRaw(() => {});
  try {
    const controller = new AbortController();
    const { signal } = controller;
    const witness = await open(echo.url, { signal });
    const sockets = Array.from({ length: 20 }, () => new WebSocket(silent.url, { signal }));
    const closes = Promise.all(sockets.map((socket) => next(socket, 'close')));
    await pause(20);
    controller.abort();
    for (const { code } of await closes) assert.equal(code, 1006);
    for (const socket of sockets) assert.equal(connectionOf(socket).failure.code, 'aborted');
    assert.equal(listeners(signal), 0);
    assert.equal(await echoed(witness, 'still open'), 'still open');
    await shut(witness);
  } finally {
    await silent.close();
  }
});
