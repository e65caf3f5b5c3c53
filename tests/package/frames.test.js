// The events of a connection: `frame`, `ping` and `pong`, and `trace()`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { connectionOf } from 'websocket-wasm';
import { startEcho } from '../../scripts/servers.js';
import { startAccepting } from '../support/servers/raw.js';
import { next, open, shut, until } from './support/sockets.js';

/** A frame of a server: its first byte and a short payload. */
const frame = (first, payload) => Buffer.concat([Buffer.from([first, payload.length]), Buffer.from(payload)]);
const number = (n) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n);
  return bytes;
};

const COUNT = 100_000;

/** The number of frames without a timer that counts as starvation. */
const STARVED = 20_000;

/** Runs `use` with the exceptions that are reported meanwhile: they don't end the process. */
async function reported(use) {
  const errors = [];
  const onError = (error) => errors.push(error.message);
  process.setUncaughtExceptionCaptureCallback(onError);
  try {
    await use(errors);
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
}

for (const [name, first] of Object.entries({ pongs: 0x8a, messages: 0x82 })) {
  test(`a burst of ${COUNT} ${name} in one chunk: each frame is reported, in order`, async () => {
    const burst = Buffer.concat(Array.from({ length: COUNT }, (_, i) => frame(first, number(i))));
    const server = await startAccepting((peer) => void peer.once('data', () => peer.end(burst)));
    // The transport delivers it in one piece.
    const transport = ({ hostname, port }) => {
      const tcp = net.connect(port, hostname);
      const chunks = [];
      let isOpen = false;
      return {
        open(sink) {
          tcp.on('data', (chunk) => {
            if (isOpen) chunks.push(/** @type {Buffer} */ (chunk));
            else sink.data(new Uint8Array(/** @type {Buffer} */ (chunk)));
            isOpen = true;
          });
          tcp.on('end', () => {
            sink.data(new Uint8Array(Buffer.concat(chunks)));
            sink.end();
          });
        },
        write: (chunk, flushed) => void tcp.write(chunk, () => flushed()),
        pause() {},
        resume() {},
        end: () => void tcp.end(),
        destroy: () => void tcp.destroy(),
      };
    };
    const socket = await open(server.url, { transport });
    const seen = [];
    connectionOf(socket).trace(({ sent, preview }) => sent || seen.push(Buffer.from(preview).readUInt32BE()));
    let messages = 0;
    socket.onmessage = ({ data }) => {
      assert.equal(Buffer.from(data).readUInt32BE(), messages);
      messages += 1;
      assert.ok(seen.length >= messages, 'a frame comes before its message');
    };
    socket.send('begin');
    await next(socket, 'close');
    assert.equal(seen.length, COUNT);
    assert.ok(seen.every((n, i) => n === i));
    assert.equal(messages, first === 0x82 ? COUNT : 0);
    assert.equal(connectionOf(socket).failure.code, 'closed-without-close-frame');
    await server.close();
  });
}

test(`${COUNT} messages that are sent in one task: each frame is reported, and so are the answers`, async () => {
  const server = await startEcho();
  const socket = await open(server.url);
  const frames = { sent: 0, received: 0 };
  connectionOf(socket).addEventListener('frame', ({ frame: { sent, opcode } }) => {
    if (opcode !== 1) return;
    frames[sent ? 'sent' : 'received'] += 1;
  });
  let answers = 0;
  const all = new Promise((resolve) => {
    socket.onmessage = () => {
      answers += 1;
      if (answers === COUNT) resolve(undefined);
    };
  });
  for (let i = 0; i < COUNT; i += 1) socket.send(`${100_000 + i}`.slice(1));
  await all;
  assert.deepEqual(frames, { sent: COUNT, received: COUNT });
  socket.onmessage = null;
  connectionOf(socket).trace(null);
  socket.close();
  for (const client of server.sockets.clients) client.terminate();
  await next(socket, 'close');
  await server.close();
});

test('a listener may send a message for every frame: others run in between', async () => {
  const server = await startAccepting((peer) => void peer.resume());
  const socket = await open(server.url);
  let frames = 0;
  connectionOf(socket).addEventListener('frame', () => {
    frames += 1;
    socket.send('more');
  });
  socket.send('first');
  // Timers fire, although there is always another frame, and few are reported until the first.
  await new Promise((resolve) => setTimeout(resolve, 1));
  assert.ok(frames < STARVED, `${frames} frames`);
  await until(() => frames > 1000);
  connectionOf(socket).terminate();
  await next(socket, 'close');
  await server.close();
});

test('exceptions of listeners are reported, and others are called', async () => {
  const server = await startEcho();
  const socket = await open(server.url);
  const seen = [];
  await reported(async (errors) => {
    const connection = connectionOf(socket);
    connection.addEventListener('frame', () => {
      throw new Error('from frame');
    });
    connection.addEventListener('frame', { handleEvent: ({ frame: { opcode } }) => seen.push(opcode) });
    connection.trace(() => {
      throw new Error('from trace');
    });
    connection.addEventListener('pong', () => {
      throw new Error('from pong');
    });
    assert.ok((await connection.ping()) >= 0);
    socket.send('text');
    assert.equal((await next(socket, 'message')).data, 'text');
    await until(() => errors.length >= 9);
    assert.deepEqual(
      errors.sort(),
      ['from pong', ...Array(4).fill('from frame'), ...Array(4).fill('from trace')].sort(),
    );
    assert.deepEqual(seen, [9, 10, 1, 1]);
    await shut(socket);
    // Those of the Close frames.
    await until(() => errors.length === 13);
  });
  await server.close();
});

test('pings and pongs are dispatched in order with messages, with their payloads', async () => {
  const server = await startAccepting((peer) =>
    peer.once('data', () => {
      peer.write(
        Buffer.concat([
          frame(0x81, 'a'),
          frame(0x89, 'ping'),
          frame(0x81, 'b'),
          frame(0x8a, 'unasked'),
          frame(0x89, ''),
          frame(0x81, 'c'),
        ]),
      );
    }),
  );
  const socket = await open(server.url);
  const connection = connectionOf(socket);
  const seen = [];
  for (const type of /** @type {const} */ (['ping', 'pong'])) {
    connection.addEventListener(type, (event) => {
      const { payload, target } = event;
      assert.ok(payload instanceof Uint8Array && target === connection);
      seen.push(`${event.type} ${Buffer.from(payload)}`);
      queueMicrotask(() => seen.push('microtask'));
    });
  }
  socket.onmessage = ({ data }) => seen.push(data);
  socket.send('begin');
  await until(() => seen.includes('c'));
  assert.deepEqual(seen, ['a', 'ping ping', 'microtask', 'b', 'pong unasked', 'microtask', 'ping ', 'microtask', 'c']);
  connection.terminate();
  await next(socket, 'close');
  await server.close();
});

test('a pong resolves ping() and is an event', async () => {
  const server = await startEcho();
  const socket = await open(server.url);
  const connection = connectionOf(socket);
  const pong = once(connection, 'pong');
  const payload = new DataView(Uint8Array.of(9, 8, 7, 6).buffer, 1, 2);
  assert.ok((await connection.ping(payload)) >= 0);
  assert.deepEqual((await pong)[0].payload, Uint8Array.of(8, 7));
  await shut(socket);
  await server.close();
});

test('listeners: once, signal, removal, and a listener that is added twice', async () => {
  const server = await startEcho();
  const socket = await open(server.url);
  const connection = connectionOf(socket);
  const counts = { once: 0, signal: 0, removed: 0, twice: 0, again: 0 };
  const controller = new AbortController();
  const count = (name) => () => {
    counts[name] += 1;
  };
  const removed = count('removed');
  const twice = count('twice');
  const again = () => {
    counts.again += 1;
    connection.addEventListener('frame', again, { once: true });
  };
  connection.addEventListener('frame', count('once'), { once: true });
  connection.addEventListener('frame', count('signal'), { signal: controller.signal });
  connection.addEventListener('frame', () => assert.fail(), { signal: AbortSignal.abort() });
  connection.addEventListener('frame', removed);
  connection.addEventListener('frame', twice);
  connection.addEventListener('frame', twice);
  connection.addEventListener('frame', again, { once: true });
  connection.addEventListener('frame', null);
  await connection.ping();
  assert.deepEqual(counts, { once: 1, signal: 2, removed: 2, twice: 2, again: 2 });
  controller.abort();
  connection.removeEventListener('frame', removed, { capture: true });
  connection.removeEventListener('frame', removed);
  connection.removeEventListener('frame', twice);
  await connection.ping();
  assert.deepEqual(counts, { once: 1, signal: 2, removed: 2, twice: 2, again: 4 });
  await shut(socket);
  await server.close();
});

test('a listener that is called once stays until it is called (DOM, "inner invoke")', async (t) => {
  const server = await startEcho();
  t.after(() => server.close());
  const socket = await open(server.url, { perMessageDeflate: false });
  const connection = connectionOf(socket);
  const seen = [];
  const hide = (event) => event.stopImmediatePropagation();
  connection.addEventListener('frame', hide, { previewBytes: 1 });
  const object = {
    handleEvent({ frame }) {
      seen.push([this === object, frame.preview.length]);
    },
  };
  const removed = () => assert.fail();
  const none = /** @type {any} */ ('a string');
  assert.throws(() => connection.addEventListener('frame', none, { once: true }), TypeError);
  connection.addEventListener('frame', object, { once: true, previewBytes: 9 });
  // It is the same, and its options are those of the first call.
  connection.addEventListener('frame', object, { previewBytes: 2 });
  connection.addEventListener('frame', removed, { once: true });
  socket.send('hidden from the others');
  await next(socket, 'message');
  assert.deepEqual(seen, []);
  connection.removeEventListener('frame', removed);
  connection.removeEventListener('frame', hide);
  socket.send('seen, with its own preview');
  await next(socket, 'message');
  assert.deepEqual(seen, [[true, 9]]);

  // The last listener of a type.
  const pongs = [];
  connection.addEventListener('pong', hide, { once: true });
  connection.addEventListener(
    'pong',
    function (event) {
      pongs.push(this === connection, event.currentTarget === connection);
    },
    { once: true },
  );
  await connection.ping();
  assert.deepEqual(pongs, []);
  await connection.ping();
  await connection.ping();
  assert.deepEqual(pongs, [true, true]);
  await shut(socket);
});

test('previews have the length that a listener wants, and trace() replaces its listener without a gap', async () => {
  const server = await startEcho();
  const socket = await open(server.url, { perMessageDeflate: false });
  const connection = connectionOf(socket);
  const lengths = [];
  const sendAndSee = async () => {
    socket.send('x'.repeat(1000));
    await next(socket, 'message');
  };
  connection.trace(({ sent, preview }) => sent && lengths.push(preview.length));
  await sendAndSee();
  socket.send('y'.repeat(1000));
  connection.trace(({ sent, preview, length }) => sent && lengths.push(`${preview.length} of ${length}`), 5);
  await next(socket, 'message');
  await sendAndSee();
  const all = ({ frame: { sent, preview } }) => sent && lengths.push(preview.length);
  connection.addEventListener('frame', all, { previewBytes: Number.POSITIVE_INFINITY });
  connection.trace(null);
  await sendAndSee();
  connection.removeEventListener('frame', all);
  await sendAndSee();
  assert.deepEqual(lengths, [256, '256 of 1000', '5 of 1000', 1000]);
  await shut(socket);
  await server.close();
});

test('ping() takes any buffer or view, as send() does', async () => {
  const server = await startEcho();
  const socket = await open(server.url);
  const connection = connectionOf(socket);
  for (const data of [new ArrayBuffer(125), new Uint16Array(60), new DataView(new ArrayBuffer(3)), new Uint8Array(0)]) {
    assert.ok((await connection.ping(data)) >= 0);
  }
  const refused = [
    new ArrayBuffer(126),
    new Uint16Array(63),
    new SharedArrayBuffer(1),
    new Uint8Array(new SharedArrayBuffer(1)),
    'text',
    1,
    null,
    {},
    new Blob([]),
  ];
  if ('resizable' in ArrayBuffer.prototype) {
    refused.push(new /** @type {any} */ (ArrayBuffer)(1, { maxByteLength: 2 }));
  }
  for (const data of refused) await assert.rejects(connection.ping(/** @type {any} */ (data)), TypeError);
  await shut(socket);
  for (const data of refused) await assert.rejects(connection.ping(/** @type {any} */ (data)), TypeError);
  await assert.rejects(connection.ping(new ArrayBuffer(1)), { name: 'InvalidStateError' });
  await server.close();
});
