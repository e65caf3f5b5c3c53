// Transports of users that misbehave: nothing escapes, nothing stays, and nobody else has to wait.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import vm from 'node:vm';
import { connectionOf, tcp, WebSocket } from 'websocket-wasm';
import { startEcho } from '../../scripts/servers.js';
import { frame } from '../support/servers/frame.js';
import { acceptance } from '../support/servers/raw.js';
import { FAILED, next, open, pause, shut, story } from './support/sockets.js';

let echo;
before(async () => {
  echo = await startEcho();
});
after(() => echo.close());

const MiB = 1024 * 1024;

/** A transport over real TCP whose link is changed by `change`. */
function changed(change) {
  return async (target) => {
    const link = await tcp(target);
    return Object.assign(Object.create(link, methodsOf(link)), change(link));
  };
}

/** The methods of the link, bound to it. */
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
    test(`a link whose ${name}() ${how}`, async () => {
      const { failure, ...rest } = await story(echo.url, { transport: changed(() => ({ [name]: fail })) });
      assert.deepEqual(rest, FAILED);
      assert.equal(failure.code, 'transport-failed');
      assert.match(failure.message, new RegExp(`${name}\\(\\) failed: ${name} went wrong`));
      assert.equal(failure.cause.message, `${name} went wrong`);
    });
  }
}

test('a link whose pause() throws', async () => {
  const socket = await open(echo.url, {
    transport: changed(() => ({ pause: boom('pause') })),
    perMessageDeflate: false,
    highWaterMark: 1_000,
  });
  for (let i = 0; i < 1_000; i += 1) socket.send('x'.repeat(100));
  const { code } = await next(socket, 'close');
  assert.equal(code, 1006);
  assert.match(connectionOf(socket).failure.message, /pause\(\) failed/);
});

test('a link whose resume() throws', async () => {
  const socket = await open(echo.url, {
    transport: changed(() => ({ resume: boom('resume') })),
    perMessageDeflate: false,
    highWaterMark: 1_000,
  });
  for (let i = 0; i < 1_000; i += 1) socket.send('x'.repeat(100));
  const { code } = await next(socket, 'close');
  assert.equal(code, 1006);
  assert.match(connectionOf(socket).failure.message, /resume\(\) failed/);
});

test('a link whose end() and destroy() throw when all is over', async () => {
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
  'a proxy that was revoked': revoked,
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

test('an error whose code throws, and one whose code is a name in kebab case', async () => {
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
  'what only inherits from Uint8Array': () => Object.create(Uint8Array.prototype),
  'a number': () => 5,
};
for (const [name, chunk] of Object.entries(chunks)) {
  test(`a link that delivers ${name} has failed`, async () => {
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

test('a chunk is as long as it is, whatever it says', async () => {
  const lying = (bytes) => Object.defineProperty(new Uint8Array(bytes), 'length', { value: 3 });
  const transport = changed((link) => ({
    open: (sink) => link.open({ data: (bytes) => sink.data(lying(bytes)), end: sink.end, fail: sink.fail }),
  }));
  const socket = await open(echo.url, { transport });
  socket.send('hello');
  assert.equal((await next(socket, 'message')).data, 'hello');
  await shut(socket);
});

test('a writing side that broke fails the connection, though the server goes on sending', async () => {
  let breakIt;
  let timer;
  const transport = async (target) => {
    const link = await tcp(target);
    const readable = new ReadableStream({
      start: (controller) => {
        link.open({
          data: (bytes) => {
            controller.enqueue(bytes);
            // From the response on: an endless stream of pings.
            timer ??= setInterval(() => controller.enqueue(frame(0x89, Buffer.from('on and on'))), 1);
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

test('close follows error, also where messages before a bad frame are dropped', async () => {
  const transport = changed((link) => ({
    ownTasks: true,
    open: (sink) => {
      let responded = false;
      link.open({
        data: (bytes) => {
          if (!responded) sink.data(bytes);
          else sink.data(Buffer.concat([frame(0x81, Buffer.from('late')), Buffer.from([0xff, 0xff])]));
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

test('a locked stream: the other one is let go', async () => {
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

/** A server in memory that accepts, and then delivers `chunk` as often as it is asked. */
function endless(chunk, asked) {
  let accepted;
  const request = new Promise((resolve) => {
    accepted = resolve;
  });
  let first = true;
  const readable = new ReadableStream(
    {
      pull: async (controller) => {
        if (first) {
          first = false;
          controller.enqueue(new TextEncoder().encode(acceptance(await request)));
          return;
        }
        asked();
        controller.enqueue(chunk.slice());
      },
    },
    { highWaterMark: 0 },
  );
  let head = '';
  const writable = new WritableStream({
    write: (bytes) => {
      head += new TextDecoder('latin1').decode(bytes);
      if (head.includes('\r\n\r\n')) accepted(head);
    },
  });
  return { readable, writable };
}

const floods = {
  messages: frame(0x81, Buffer.from('flood')),
  pings: frame(0x89, Buffer.from('ping')),
};
for (const [name, chunk] of Object.entries(floods)) {
  test(`timers and I/O have their turn while a stream in memory never runs dry of ${name}`, async () => {
    let asked = 0;
    const count = () => {
      asked += 1;
      assert.ok(asked < 5_000_000, 'no timer fired');
    };
    const socket = new WebSocket('ws://memory.example/', {
      transport: () => endless(chunk, count),
      perMessageDeflate: false,
      closeTimeout: 100,
    });
    await next(socket, 'open');
    await pause(100);
    const other = await open(echo.url);
    other.send('meanwhile');
    assert.equal((await next(other, 'message')).data, 'meanwhile');
    other.close();
    await shut(socket);
    assert.ok(asked > 100, `${asked}`);
  });
}

/** A link to a server in memory that accepts, and then answers whatever is written by `answer`. */
function linkInMemory(answer) {
  let sink;
  let head = '';
  return {
    open: (given) => {
      sink = given;
    },
    write: (chunk, left) => {
      left();
      if (head.includes('\r\n\r\n')) {
        answer(sink);
        return;
      }
      head += Buffer.from(chunk).toString('latin1');
      if (head.includes('\r\n\r\n')) sink.data(Buffer.from(acceptance(head)));
    },
    pause: () => {},
    resume: () => {},
    end: () => {},
    destroy: () => {},
  };
}

for (const [name, opcode] of Object.entries({ 'each message with a message': 0x81, 'each pong with a ping': 0x89 })) {
  test(`timers have their turn while a link in memory answers ${name}`, async () => {
    let answers = 0;
    const transport = () =>
      linkInMemory((sink) => {
        answers += 1;
        assert.ok(answers < 1_000_000, 'no timer fired');
        sink.data(frame(opcode, Buffer.from('again')));
      });
    const socket = new WebSocket('ws://memory.example/', { transport, perMessageDeflate: false, closeTimeout: 50 });
    socket.onopen = socket.onmessage = () => socket.send('and again');
    await pause(100);
    await shut(socket);
    assert.ok(answers > 100, `${answers}`);
  });
}

test('a large message through a link in memory that takes everything at once leaves timers their turn', async () => {
  const transport = () => linkInMemory(() => {});
  const socket = await open('ws://memory.example/', { transport, perMessageDeflate: false, closeTimeout: 50 });
  for (let i = 0; i < 8; i += 1) socket.send(new Uint8Array(8 * MiB));
  await pause(20);
  while (socket.bufferedAmount > 0) await pause(5);
  await shut(socket);
});
