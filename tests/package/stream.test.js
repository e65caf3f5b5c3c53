// WebSocketStream and WebSocketError (WHATWG WebSockets, the branch "add-websocketstream"): the interface, and messages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { tcp, WebSocket } from 'websocket-wasm';
import { WebSocketError, WebSocketStream } from 'websocket-wasm/stream';
import { next, shut } from '../support/events.js';
import { sharedEcho } from '../support/servers/echo.js';
import { chunksOf } from '../support/streams.js';
import { domException } from './support/exceptions.js';

const echo = sharedEcho();

test('the class has the members and lengths of the interface', async () => {
  assert.equal(WebSocketStream.name, 'WebSocketStream');
  assert.equal(WebSocketStream.length, 1);
  assert.equal(WebSocketStream.prototype.close.length, 0);
  assert.equal(Object.prototype.toString.call(WebSocketStream.prototype), '[object WebSocketStream]');
  const members = [];
  for (const name in WebSocketStream.prototype) members.push(name);
  assert.deepEqual(members.sort(), ['close', 'closed', 'opened', 'url']);
  assert.throws(() => WebSocketStream.prototype.url, TypeError);
  assert.throws(() => WebSocketStream.prototype.close.call({}, { closeCode: 1 }), TypeError);
  await assert.rejects(WebSocketStream.prototype.opened, TypeError);
  await assert.rejects(WebSocketStream.prototype.closed, TypeError);
  assert.throws(() => WebSocketStream(echo.url), TypeError);
});

test('the constructor throws for invalid URLs, subprotocols and options', () => {
  assert.throws(() => new WebSocketStream(), TypeError);
  for (const url of ['', 'ftp://host/', 'ws://host/#', 'ws://a b/']) {
    assert.throws(() => new WebSocketStream(url), domException('SyntaxError'), url);
  }
  for (const protocols of [['a', 'a'], ['a b'], ['']]) {
    assert.throws(() => new WebSocketStream(echo.url, { protocols }), domException('SyntaxError'));
  }
  for (const options of ['chat', 1, { protocols: 'chat' }, { protocols: 1 }, { protocols: null }, { signal: 'x' }]) {
    assert.throws(() => new WebSocketStream(echo.url, options), TypeError, JSON.stringify(options));
  }
});

test('opened resolves with the negotiated subprotocol and extensions; url is the serialised URL', async () => {
  const stream = new WebSocketStream(echo.url.replace('ws:', 'http:'), { protocols: ['chat', 'other'] });
  assert.equal(stream.url, echo.url);
  assert.equal(stream.opened, stream.opened);
  const info = await stream.opened;
  assert.equal(info.protocol, 'chat');
  assert.equal(info.extensions, '');
  assert.ok(info.readable instanceof ReadableStream && info.writable instanceof WritableStream);
  stream.close();
  assert.deepEqual(await stream.closed, { closeCode: 1005, reason: '' });
});

test("the WebSocket's options apply", async () => {
  let asked;
  const transport = (target) => {
    asked = target.port;
    return tcp(target);
  };
  const stream = new WebSocketStream(echo.url, { transport, maxMessageSize: 10 });
  const { writable, readable } = await stream.opened;
  assert.equal(asked, echo.port);
  await writable.getWriter().write('x'.repeat(11));
  await assert.rejects(chunksOf(readable), { name: 'WebSocketError', closeCode: 1006, message: /10/ });
});

test('text is read as strings and binary as Uint8Arrays; chunks that are not bytes are sent as text', async () => {
  const stream = new WebSocketStream(echo.url);
  const { readable, writable } = await stream.opened;
  const writer = writable.getWriter();
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const sent = ['zwölf', '', bytes, bytes.buffer, bytes.subarray(1, 3), new DataView(bytes.buffer, 3), 5, null];
  for (const chunk of [...sent, 'a\uD800b', new Blob(['x'])]) writer.write(chunk);
  const reader = readable.getReader();
  const received = [];
  while (received.length < sent.length + 2) received.push((await reader.read()).value);
  await writer.close();
  assert.deepEqual(await reader.read(), { value: undefined, done: true });
  const text = ['5', 'null', 'a\uFFFDb', '[object Blob]'];
  const binary = [bytes, bytes, bytes.slice(1, 3), bytes.slice(3)];
  assert.deepEqual(received, ['zwölf', '', ...binary, ...text]);
  for (const chunk of received.slice(2, 6)) assert.equal(chunk.byteLength, chunk.buffer.byteLength);
});

test('buffers and views of another realm are sent as binary', async () => {
  const stream = new WebSocketStream(echo.url);
  const { readable, writable } = await stream.opened;
  const writer = writable.getWriter();
  const reader = readable.getReader();
  for (const code of [
    'Uint8Array.of(1, 2).buffer',
    'Uint8Array.of(1, 2)',
    'new DataView(Uint8Array.of(1, 2).buffer)',
  ]) {
    await writer.write(runInNewContext(code));
    assert.deepEqual((await reader.read()).value, Uint8Array.of(1, 2), code);
  }
  stream.close();
  await stream.closed;
});

test('bytes are copied by write(), which rejects for a value that is neither bytes nor a string', async () => {
  const stream = new WebSocketStream(echo.url);
  const { readable, writable } = await stream.opened;
  const writer = writable.getWriter();
  const bytes = Uint8Array.of(1);
  const written = writer.write(bytes);
  bytes[0] = 2;
  await written;
  assert.deepEqual((await readable.getReader().read()).value, Uint8Array.of(1));
  await assert.rejects(writer.write(Symbol('x')), TypeError);
  stream.close();
  await stream.closed;
});

test('a signal aborts connecting with its reason, and has no effect once the stream is open', async () => {
  const reason = new Error('mine');
  const aborted = new WebSocketStream(echo.url, { signal: AbortSignal.abort(reason) });
  await assert.rejects(aborted.opened, (error) => error === reason);
  await assert.rejects(aborted.closed, (error) => error === reason);

  const controller = new AbortController();
  const connecting = new WebSocketStream(echo.url, { signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(connecting.opened, (error) => error === reason);
  await assert.rejects(connecting.closed, (error) => error === reason);

  const late = new AbortController();
  const stream = new WebSocketStream(echo.url, { signal: late.signal });
  const { readable, writable } = await stream.opened;
  late.abort(reason);
  await writable.getWriter().write('still here');
  assert.equal((await readable.getReader().read()).value, 'still here');
  stream.close();
  await stream.closed;
});

test('WebSocketError is a DOMException with closeCode and reason', () => {
  const error = new WebSocketError();
  assert.ok(error instanceof DOMException);
  assert.deepEqual([error.name, error.message, error.closeCode, error.reason], ['WebSocketError', '', null, '']);
  assert.equal(WebSocketError.length, 0);
  const full = new WebSocketError('m', { closeCode: '3000', reason: 'r\uDC00' });
  assert.deepEqual([full.message, full.closeCode, full.reason], ['m', 3000, 'r\uFFFD']);
  assert.equal(new WebSocketError('', { reason: 'r' }).closeCode, 1000);
  assert.throws(() => new WebSocketError('', { closeCode: 1001 }), domException('InvalidAccessError'));
  assert.throws(() => new WebSocketError('', { closeCode: 70_000 }), TypeError);
  assert.throws(() => new WebSocketError('', { reason: 'x'.repeat(124) }), domException('SyntaxError'));
  assert.throws(() => WebSocketError.prototype.closeCode, TypeError);
});

test('the WebSocket of the default entry works beside the stream entry', async () => {
  const socket = new WebSocket(echo.url);
  await next(socket, 'open');
  await shut(socket);
});
