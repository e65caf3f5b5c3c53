// `websocket-wasm/har`: an entry, its times and its end, and when it is recorded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'websocket-wasm';
import { harOf, recordOf } from 'websocket-wasm/har';
import manifest from 'websocket-wasm/package.json' with { type: 'json' };
import { against, startRaw } from '../support/servers/raw.js';
import { brief, echo, recorded } from './support/har.js';
import { echoed, next, shut } from './support/sockets.js';

test('a HAR has the version, the creator, and one entry', async () => {
  const { socket, recorder } = await recorded(`${echo.url}path?a=1&b=%C3%B6`);
  await shut(socket);
  const har = await recorder.toHar();
  const { log } = har;
  assert.deepEqual(har, JSON.parse(JSON.stringify(har)));
  assert.equal(log.version, '1.2');
  assert.deepEqual(log.creator, { name: 'websocket-wasm', version: manifest.version });
  assert.equal(log.entries.length, 1);
  const [{ request, serverIPAddress, connection, _resourceType, _transport }] = log.entries;
  assert.deepEqual([_resourceType, _transport], ['websocket', 'tcp']);
  assert.equal(request.url, `${echo.url}path?a=1&b=%C3%B6`);
  assert.deepEqual(request.queryString, [
    { name: 'a', value: '1' },
    { name: 'b', value: 'ö' },
  ]);
  assert.deepEqual([serverIPAddress, connection], ['127.0.0.1', `${echo.port}`]);
});

test('times are those of the events, and the timings add up', async () => {
  const from = Date.now();
  const { socket, recorder } = await recorded(echo.url);
  await echoed(socket, 'one');
  await echoed(socket, 'two');
  await shut(socket);
  const until = Date.now();
  const { startedDateTime, time, timings, _webSocketMessages: messages, _close } = await recorder.entry();
  const started = Date.parse(startedDateTime);
  assert.ok(started >= from - 1 && started <= until + 1, startedDateTime);
  const times = [started / 1000, ...messages.map((message) => message.time), _close.time];
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.ok(_close.time * 1000 <= until + 1);
  const { blocked, dns, connect, ssl, send, wait, receive } = timings;
  assert.deepEqual([dns, ssl], [-1, -1]);
  for (const phase of [blocked, connect, send, wait, receive]) assert.ok(phase >= 0, JSON.stringify(timings));
  assert.ok(Math.abs(blocked + connect + send + wait + receive - time) < 0.001);
  assert.ok(Math.abs(started + time - _close.time * 1000) < 1);
});

test('the close event is recorded', async () => {
  const { socket, recorder } = await recorded(echo.url);
  assert.equal((await recorder.entry())._close, undefined);
  socket.close(3001, 'bye');
  await next(socket, 'close');
  const { _close, _failure } = await recorder.entry();
  assert.deepEqual({ ..._close, time: 0 }, { time: 0, code: 3001, reason: 'bye', wasClean: true });
  assert.equal(_failure, undefined);
});

test('a failure is recorded with its code, and as the message of an error', async () => {
  await against(
    (socket) => socket.write(Buffer.of(0x83, 0)),
    async (url) => {
      const socket = new WebSocket(url);
      const recorder = recordOf(socket);
      await next(socket, 'close');
      const entry = await recorder.entry();
      const { _failure, _close, response } = entry;
      assert.equal(_failure.code, 'reserved-opcode');
      assert.deepEqual(brief(entry), [['error', -1, _failure.message]]);
      assert.equal(response._error, _failure.message);
      assert.equal(response.status, 101);
      assert.deepEqual([_close.code, _close.wasClean], [1006, false]);
    },
  );
});

test('a connection that was refused has no response', async () => {
  const server = await startRaw(() => {});
  await server.close();
  const socket = new WebSocket(server.url);
  const recorder = recordOf(socket);
  await next(socket, 'close');
  const { response, timings, _failure } = await recorder.entry();
  assert.equal(_failure.code, 'connect-refused');
  assert.deepEqual([response.status, response.headers], [0, []]);
  assert.ok(timings.connect >= 0);
  assert.deepEqual([timings.send, timings.wait, timings.receive], [0, 0, 0]);
});

test('a recording that begins late has what follows, and says so', async () => {
  const socket = new WebSocket(echo.url);
  socket.binaryType = 'arraybuffer';
  await next(socket, 'open');
  await echoed(socket, 'missed');
  const recorder = recordOf(socket);
  await echoed(socket, 'seen');
  await shut(socket);
  const entry = await recorder.entry();
  assert.deepEqual(brief(entry), [
    ['send', 1, 'seen'],
    ['receive', 1, 'seen'],
  ]);
  assert.match(entry.comment, /^The recording began when the connection was already open.*headers are not known/);
  assert.deepEqual(entry.request.headers, []);
  assert.equal(entry.response.status, 101);
  assert.deepEqual([entry.timings.connect, entry.timings.wait], [-1, 0]);
  const closed = await recordOf(socket).entry();
  assert.deepEqual(brief(closed), []);
});

test('after stop() nothing is recorded, and the entry says so', async () => {
  const { socket, recorder } = await recorded(echo.url);
  await echoed(socket, 'before');
  recorder.stop();
  recorder.stop();
  await echoed(socket, 'after');
  await shut(socket);
  const entry = await recorder.entry();
  assert.equal(brief(entry).length, 2);
  assert.equal(entry._close, undefined);
  assert.match(entry.comment, /stopped before the connection was closed/);
});

test('an entry can be made at any time, and two recorders of a socket see the same', async () => {
  const socket = new WebSocket(echo.url);
  const recorders = [recordOf(socket), recordOf(socket)];
  const [early] = await Promise.all(recorders.map((recorder) => recorder.entry()));
  assert.deepEqual([early.response.status, brief(early)], [0, []]);
  socket.binaryType = 'arraybuffer';
  await next(socket, 'open');
  await echoed(socket, new Uint8Array([1]));
  const [one, two] = await Promise.all(recorders.map((recorder) => recorder.entry()));
  assert.deepEqual(brief(one), [
    ['send', 2, 'AQ=='],
    ['receive', 2, 'AQ=='],
  ]);
  assert.deepEqual(brief(two), brief(one));
  assert.deepEqual(two.request, one.request);
  assert.ok(one.request.headers.length > 4);
  await shut(socket);
});

test('harOf() puts the entries in the order of their starts', async () => {
  const first = await recorded(echo.url);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const second = await recorded(`${echo.url}second`);
  const har = harOf([await second.recorder.entry(), await first.recorder.entry()]);
  assert.deepEqual(
    har.log.entries.map(({ request }) => request.url),
    [echo.url, `${echo.url}second`],
  );
  await shut(first.socket);
  await shut(second.socket);
});
