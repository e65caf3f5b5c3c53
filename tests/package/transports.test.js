// Misbehaving transports of users: no error escapes, nothing is leaked, and other connections aren't delayed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { connectionOf, tcp, WebSocket } from 'websocket-wasm';
import { sharedEcho } from '../support/servers/echo.js';
import { frame } from '../support/servers/frame.js';
import { FAILED, next, open, shut, story } from './support/sockets.js';

const echo = sharedEcho();

/** A transport over TCP that overrides members of its link. */
function changed(change) {
  return async (target) => {
    const link = await tcp(target);
    return Object.assign(Object.create(link, methodsOf(link)), change(link));
  };
}

/** Property descriptors of the link's methods, bound to it. */
function methodsOf(link) {
  const names = ['open', 'write', 'pause', 'resume', 'end', 'destroy'];
  return Object.fromEntries(
    names.map((name) => [name, { value: (...args) => link[name](...args), writable: true, configurable: true }]),
  );
}

const boom = (name) => () => {
  throw new Error(`${name} went wrong`);
};

for (const name of ['open', 'write']) {
  for (const [how, fail] of Object.entries({ throws: boom(name), rejects: async () => boom(name)() })) {
    test(`a link whose ${name}() ${how} fails the connection`, async () => {
      const { failure, ...rest } = await story(echo.url, { transport: changed(() => ({ [name]: fail })) });
      assert.deepEqual(rest, FAILED);
      assert.equal(failure.code, 'transport-failed');
      assert.match(failure.message, new RegExp(`${name}\\(\\) failed: ${name} went wrong`));
      assert.equal(failure.cause.message, `${name} went wrong`);
    });
  }
}

for (const name of ['pause', 'resume']) {
  test(`a link whose ${name}() throws fails the connection`, async () => {
    const transport = changed(() => ({ [name]: boom(name) }));
    const socket = await open(echo.url, { transport, perMessageDeflate: false, highWaterMark: 1_000 });
    for (let i = 0; i < 1_000; i += 1) socket.send('x'.repeat(100));
    const { code } = await next(socket, 'close');
    assert.equal(code, 1006);
    assert.match(connectionOf(socket).failure.message, new RegExp(`${name}\\(\\) failed`));
  });
}

test('errors of end() and destroy() after the end are ignored', async () => {
  let destroyed = 0;
  const destroy = (link) => () => {
    destroyed += 1;
    link.destroy();
    boom('destroy')();
  };
  const socket = await open(echo.url, { transport: changed((link) => ({ end: boom('end'), destroy: destroy(link) })) });
  socket.close(1000);
  const { code, wasClean } = await next(socket, 'close');
  assert.deepEqual([code, wasClean], [1000, true]);

  const controller = new AbortController();
  const opening = (link) => ({ open: () => controller.abort(), destroy: destroy(link) });
  const { failure } = await story(echo.url, { transport: changed(opening), signal: controller.signal });
  assert.equal(failure.code, 'aborted');
  assert.ok(destroyed > 0);
});

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

const odd = {
  'a revoked proxy': revoked,
  'a Symbol': Symbol('odd'),
  'an object without a prototype': Object.create(null),
  'an object whose toString() throws': { toString: boom('toString') },
  'an error whose message throws': Object.defineProperty(new Error('x'), 'message', { get: boom('message') }),
  undefined,
  null: null,
  'a string': 'no route',
};
for (const [name, thrown] of Object.entries(odd)) {
  test(`a transport that rejects with ${name} fails at once, with it as the cause`, async () => {
    const { failure, ...rest } = await story(echo.url, { transport: () => Promise.reject(thrown) });
    assert.deepEqual(rest, FAILED);
    assert.equal(failure.code, 'connect-failed');
    assert.equal(failure.cause, thrown);
    assert.ok(failure.message.length > 0);
  });

  test(`a stream that errors with ${name} fails at once, with it as the cause`, async () => {
    const transport = () => ({
      readable: new ReadableStream({ pull: (controller) => controller.error(thrown) }),
      writable: new WritableStream(),
    });
    const { failure, ...rest } = await story(echo.url, { transport });
    assert.deepEqual(rest, FAILED);
    assert.equal(failure.cause, thrown);
  });
}

class Coded extends Error {
  get code() {
    throw new Error('no code');
  }
}

test("an error's own code becomes the failure's code if it is in kebab case; a code that throws is ignored", async () => {
  const coded = new Coded('mine');
  const throwing = await story(echo.url, { transport: () => Promise.reject(coded) });
  assert.deepEqual([throwing.failure.code, throwing.failure.cause], ['connect-failed', coded]);
  const named = Object.assign(new Error('no more quota'), { code: 'quota-exceeded' });
  const { failure } = await story(echo.url, { transport: () => Promise.reject(named) });
  assert.deepEqual([failure.code, failure.message, failure.cause], ['quota-exceeded', 'no more quota', named]);
});

const chunks = {
  'detached memory': () => {
    const bytes = new Uint8Array(5);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  },
  'an object that only inherits from Uint8Array': () => Object.create(Uint8Array.prototype),
  'a number': () => 5,
};
for (const [name, chunk] of Object.entries(chunks)) {
  test(`a link that delivers ${name} fails the connection`, async () => {
    const opening = (link) => ({
      open: (sink) => {
        link.open(sink);
        sink.data(chunk());
      },
    });
    const { failure, ...rest } = await story(echo.url, { transport: changed(opening) });
    assert.deepEqual(rest, FAILED);
    assert.equal(failure.code, 'transport-failed');
  });
}

test("a chunk's own length property is ignored", async () => {
  const lying = (bytes) => Object.defineProperty(new Uint8Array(bytes), 'length', { value: 3 });
  const transport = changed((link) => ({
    open: (sink) => link.open({ data: (bytes) => sink.data(lying(bytes)), end: sink.end, fail: sink.fail }),
  }));
  const socket = await open(echo.url, { transport });
  socket.send('hello');
  assert.equal((await next(socket, 'message')).data, 'hello');
  await shut(socket);
});

test('an errored writable fails the connection, although the server keeps sending', async () => {
  let breakIt;
  let timer;
  const transport = async (target) => {
    const link = await tcp(target);
    const readable = new ReadableStream({
      start: (controller) => {
        link.open({
          data: (bytes) => {
            controller.enqueue(bytes);
            // After the response: pings without end.
            timer ??= setInterval(() => controller.enqueue(frame(0x89, 'again')), 1);
          },
          end: () => {},
          fail: () => {},
        });
      },
      cancel: () => link.destroy(),
    });
    const writable = new WritableStream({
      start: (controller) => {
        breakIt = () => controller.error(new Error('broken pipe'));
      },
      write: (bytes) => new Promise((resolve) => link.write(bytes, () => resolve())),
    });
    return { readable, writable };
  };
  try {
    const socket = await open(echo.url, { transport });
    breakIt();
    const { code } = await next(socket, 'close');
    assert.equal(code, 1006);
    assert.match(connectionOf(socket).failure.message, /broken pipe/);
  } finally {
    clearInterval(timer);
  }
});

test('close follows error, even if messages before an invalid frame are dropped', async () => {
  const transport = changed((link) => ({
    ownTasks: true,
    open: (sink) => {
      let responded = false;
      link.open({
        data: (bytes) => {
          if (!responded) sink.data(bytes);
          else sink.data(Buffer.concat([frame(0x81, 'late'), Buffer.from([0xff, 0xff])]));
          responded = true;
        },
        end: sink.end,
        fail: sink.fail,
      });
    },
  }));
  const socket = new WebSocket(echo.url, { transport, perMessageDeflate: false });
  const events = [];
  for (const type of ['message', 'error', 'close']) socket.addEventListener(type, () => events.push(type));
  await next(socket, 'open');
  socket.close(1000);
  await next(socket, 'close');
  assert.deepEqual(events, ['error', 'close']);
});

test('a locked stream fails the connection, and the other stream is released', async () => {
  for (const locked of ['readable', 'writable']) {
    const seen = [];
    const readable = new ReadableStream({ cancel: () => void seen.push('cancelled') });
    const writable = new WritableStream({ abort: () => void seen.push('aborted') });
    if (locked === 'readable') readable.getReader();
    else writable.getWriter();
    const { failure } = await story(echo.url, { transport: () => ({ readable, writable }) });
    assert.match(failure.message, new RegExp(`${locked} stream is locked`));
    assert.deepEqual(seen, [locked === 'readable' ? 'aborted' : 'cancelled']);
    assert.equal(locked === 'readable' ? writable.locked : readable.locked, false);
  }
});

test('chunks may be ArrayBuffers and views of any realm', async () => {
  const Foreign = vm.runInNewContext('({ ArrayBuffer, Uint8Array, DataView })');
  const shapes = [
    (bytes) => {
      const buffer = new Foreign.ArrayBuffer(bytes.length);
      new Uint8Array(buffer).set(bytes);
      return buffer;
    },
    (bytes) => Foreign.Uint8Array.from(bytes),
    (bytes) => new Foreign.DataView(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
    (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  ];
  for (const shape of shapes) {
    const transport = changed((link) => ({
      open: (sink) => link.open({ ...sink, data: (chunk) => sink.data(shape(chunk)), end: sink.end, fail: sink.fail }),
    }));
    const socket = await open(echo.url, { transport });
    socket.send('hello');
    assert.equal((await next(socket, 'message')).data, 'hello');
    await shut(socket);
  }
});
