// The exceptions of the constructor, send() and close() (WHATWG WebSockets 3.1), and the shape of the class.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configure, WebSocket } from 'websocket-wasm';
import { sharedEcho } from '../support/servers/echo.js';
import { domException } from './support/exceptions.js';
import { next, open, shut } from './support/sockets.js';

const echo = sharedEcho();

test('an invalid URL is a SyntaxError that names it', () => {
  const urls = [
    '',
    'no url',
    'ftp://host/',
    'mailto:a@b',
    'ws://host/#',
    'wss://host/#x',
    'ws://a b/',
    'ws://h:99999/',
  ];
  for (const url of urls) assert.throws(() => new WebSocket(url), domException('SyntaxError'), url);
  assert.throws(() => new WebSocket('ws://host/#part'), domException('SyntaxError', /ws:\/\/host\/#part/));
});

test('http: becomes ws:', async () => {
  const socket = new WebSocket(echo.url.replace('ws:', 'http:'));
  assert.equal(socket.url, echo.url);
  await next(socket, 'open');
  await shut(socket);
});

test('an invalid or duplicate subprotocol is a SyntaxError', () => {
  for (const protocols of ['', 'a b', 'a,b', ['a', 'a'], ['a', 'A'], ['ok', 'é'], new Set(['']), { protocols: '/' }]) {
    assert.throws(() => new WebSocket(echo.url, protocols), domException('SyntaxError'));
  }
});

test('arguments are converted before anything is validated', () => {
  const thrown = new Error('mine');
  const throwing = {
    toString() {
      throw thrown;
    },
  };
  assert.throws(() => new WebSocket(throwing, 'a b'), thrown);
  assert.throws(() => new WebSocket('no url', [throwing]), thrown);
  assert.throws(() => new WebSocket(Symbol('url')), TypeError);
  assert.throws(() => new WebSocket(), TypeError);
  assert.throws(() => WebSocket(echo.url), TypeError);
});

test('an invalid option is a TypeError that names it', () => {
  const bad = {
    transport: 'tcp',
    maxMessageSize: -1,
    handshakeTimeout: Number.NaN,
    closeTimeout: 'soon',
    signal: {},
    headers: { 'Sec-WebSocket-Key': 'x' },
  };
  for (const [name, value] of Object.entries(bad)) {
    const message = name === 'headers' ? /sec-websocket-key/ : new RegExp(name);
    assert.throws(() => new WebSocket(echo.url, { [name]: value }), { name: 'TypeError', message });
  }
  assert.throws(() => new WebSocket(echo.url, { headers: { 'a b': 'x' } }), TypeError);
  assert.throws(() => configure({ transport: null }), TypeError);
});

test('send() while CONNECTING is an InvalidStateError, after the conversion of its argument', async () => {
  const socket = new WebSocket(echo.url);
  for (const data of ['x', new Uint8Array(1), new Blob(['x'])]) {
    assert.throws(() => socket.send(data), domException('InvalidStateError'));
  }
  assert.throws(() => socket.send(Symbol('x')), TypeError);
  assert.throws(() => socket.send(new Uint8Array(new SharedArrayBuffer(1))), TypeError);
  assert.throws(() => socket.send(new SharedArrayBuffer(1)), TypeError);
  assert.throws(() => socket.send(new ArrayBuffer(1, { maxByteLength: 2 })), TypeError);
  assert.throws(() => socket.send(), TypeError);
  await next(socket, 'open');
  await shut(socket);
});

test('close() validates the code, then the reason, in every state', async () => {
  const socket = await open(echo.url);
  const check = () => {
    for (const code of [0, 999, 1001, 1005, 2999, 5000, -1, 65_536, Number.NaN, 'x', null]) {
      assert.throws(() => socket.close(code, 'r'.repeat(124)), domException('InvalidAccessError'), `${code}`);
    }
    assert.throws(() => socket.close(1000, 'r'.repeat(124)), domException('SyntaxError', /123.*124/));
    assert.throws(() => socket.close(1000, 'é'.repeat(62)), domException('SyntaxError'));
    assert.throws(() => socket.close(3000, Symbol('x')), TypeError);
  };
  check();
  assert.equal(socket.readyState, WebSocket.OPEN);
  socket.close(999.5 + 0.5, 'é'.repeat(61));
  check();
  const { code, reason } = await next(socket, 'close');
  assert.deepEqual([code, reason], [1000, 'é'.repeat(61)]);
  check();
});

test('exceptions have legacy codes, and unpairedSurrogates can be made to throw', async () => {
  const code = (expected) => (error) => error.code === expected;
  assert.throws(() => new WebSocket('no url'), code(12));
  const socket = new WebSocket(echo.url, { unpairedSurrogates: 'throw' });
  assert.throws(() => socket.send('\uD800'), code(11), 'the state is checked first');
  await next(socket, 'open');
  assert.throws(() => socket.send('\uD800'), code(12));
  assert.throws(() => socket.close(1000, '\uDC00'), code(12));
  assert.throws(() => socket.close(1), code(15));
  socket.send('\u{1F600}');
  await next(socket, 'message');
  await shut(socket);
  assert.throws(() => new WebSocket(echo.url, { unpairedSurrogates: 'keep' }), TypeError);
});

test('the class has the members, lengths and constants of the interface', () => {
  assert.equal(WebSocket.name, 'WebSocket');
  assert.equal(WebSocket.length, 1);
  assert.equal(WebSocket.prototype.send.length, 1);
  assert.equal(WebSocket.prototype.close.length, 0);
  assert.equal(Object.prototype.toString.call(WebSocket.prototype), '[object WebSocket]');
  assert.ok(WebSocket.prototype instanceof EventTarget);
  for (const [i, name] of ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'].entries()) {
    const constant = { value: i, writable: false, enumerable: true, configurable: false };
    assert.deepEqual(Object.getOwnPropertyDescriptor(WebSocket, name), constant);
    assert.deepEqual(Object.getOwnPropertyDescriptor(WebSocket.prototype, name), constant);
  }
  const enumerable = [];
  for (const name in Object.create(WebSocket.prototype, {})) enumerable.push(name);
  const attributes = 'url readyState bufferedAmount onopen onerror onclose extensions protocol onmessage binaryType';
  for (const name of [...attributes.split(' '), 'close', 'send']) assert.ok(enumerable.includes(name), name);
  assert.throws(() => WebSocket.prototype.url, TypeError);
});

test('event handlers may be any object, are null otherwise, and keep their position among the listeners', async () => {
  const socket = new WebSocket(echo.url);
  const object = {};
  socket.onopen = object;
  assert.equal(socket.onopen, object);
  for (const other of [1, 'x', undefined, true]) {
    socket.onopen = other;
    assert.equal(socket.onopen, null);
  }
  const order = [];
  socket.addEventListener('open', () => order.push('first'));
  socket.onopen = () => order.push('replaced');
  socket.addEventListener('open', () => order.push('third'));
  socket.onopen = () => order.push('second');
  await next(socket, 'open');
  assert.deepEqual(order, ['first', 'second', 'third']);
  await shut(socket);
});
