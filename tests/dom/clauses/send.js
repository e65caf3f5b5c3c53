// send(): what may be sent, how it is converted, and that it arrives as it was.
import { bytes, clause, echoed, holds, next, pause, same, shut, throws, throwsDom } from '../harness.js';

const SECTION = 'send()';
const KINDS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];
const MiB = 1024 * 1024;

/** A SharedArrayBuffer: a page that isn't isolated has them, without the name of their class. */
function sharedBuffer() {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer;
  } catch {
    return undefined;
  }
}

const range = (length) => Uint8Array.from({ length }, (_, index) => (index * 7 + 1) % 256);

/** Sends all on one new socket, and gives what came back. */
async function roundTrip(env, ...all) {
  const socket = await env.open('/echo');
  const got = [];
  const done = new Promise((resolve, reject) => {
    socket.onclose = ({ code }) => reject(new Error(`closed with ${code} after ${got.length} messages`));
    socket.onmessage = ({ data }) => {
      got.push(typeof data === 'string' ? data : bytes(data));
      if (got.length === all.length) resolve();
    };
  });
  for (const data of all) socket.send(data);
  await done;
  socket.onclose = null;
  await shut(socket);
  return got;
}

/** Text of about that many characters of 1 to 4 bytes, so that any place where it could be cut is tried. */
function text(length) {
  const part = `${'x'.repeat(61)}ü\u{1f600}€${'é'.repeat(7)}\u{10ffff}y`;
  return part.repeat(Math.ceil(length / part.length));
}

const isSame = (a, b) => a.byteLength === b.byteLength && new Uint8Array(a).every((byte, index) => byte === b[index]);

export default [
  clause(SECTION, 'text arrives as text, and comes back', async (env) => {
    const all = ['hello', 'ü € \u{1f600}', '\0', '\ufeffbom', 'a\r\nb', '\uffff\ufffe'];
    same(await roundTrip(env, ...all), all);
  }),
  clause(SECTION, 'an empty string is a message', async (env) => {
    same(await roundTrip(env, '', 'x', ''), ['', 'x', '']);
  }),
  clause(SECTION, 'an ArrayBuffer arrives as binary', async (env) => {
    same(await roundTrip(env, range(300).buffer), [[...range(300)]]);
  }),
  clause(SECTION, 'empty buffers, views and Blobs are messages', async (env) => {
    const all = [new ArrayBuffer(0), new Uint8Array(0), new DataView(new ArrayBuffer(4), 4), new Blob([])];
    same(await roundTrip(env, ...all), [[], [], [], []]);
  }),
  ...KINDS.map((Kind) =>
    clause(SECTION, `a ${Kind.name} sends its own part of the buffer`, async (env) => {
      const { buffer } = range(64);
      const size = Kind.BYTES_PER_ELEMENT ?? 1;
      const views = [new Kind(buffer), new Kind(buffer, 16, 16 / size), new Kind(buffer, 56)];
      const due = [range(64), range(64).slice(16, 32), range(64).slice(56)].map((part) => [...part]);
      same(await roundTrip(env, ...views), due);
    }),
  ),
  clause(SECTION, 'a Blob sends its bytes', async (env) => {
    const blob = new Blob(['ü', range(10), new Blob(['z'])], { type: 'text/plain' });
    same(await roundTrip(env, blob, blob.slice(2, 5)), [
      [0xc3, 0xbc, ...range(10), 0x7a],
      [1, 8, 15],
    ]);
  }),
  clause(
    SECTION,
    'a Float16Array sends its bytes',
    async (env) => {
      same(await roundTrip(env, new Float16Array([1, -2])), [[0, 0x3c, 0, 0xc0]]);
    },
    () => 'Float16Array' in globalThis,
  ),
  clause(
    SECTION,
    'a File is a Blob',
    async (env) => {
      same(await roundTrip(env, new File(['ab', range(2)], 'name')), [[0x61, 0x62, 1, 8]]);
    },
    () => 'File' in globalThis,
  ),
  clause(
    SECTION,
    'a Blob is read as it is, whatever script put on it',
    async (env) => {
      const blob = new Blob(['abc']);
      const mine = () => new Blob(['mine']);
      for (const name of ['slice', 'stream', 'arrayBuffer', 'bytes', 'text']) blob[name] = mine;
      Object.defineProperty(blob, 'size', { value: 1 });
      same(await roundTrip(env, blob), [[0x61, 0x62, 0x63]]);
    },
    // Deno's Blob asks itself for its size.
    () => !('Deno' in globalThis),
  ),
  clause('Web IDL: buffer source types', 'views and buffers are read as they are, too', async (env) => {
    const { buffer } = range(8);
    const all = [buffer, new Uint16Array(buffer, 2, 2), new DataView(buffer, 7)];
    for (const data of all) {
      for (const name of ['buffer', 'byteOffset', 'byteLength', 'length']) {
        Object.defineProperty(data, name, { value: name === 'buffer' ? new ArrayBuffer(3) : 1 });
      }
    }
    same(await roundTrip(env, ...all), [[...range(8)], [...range(8).slice(2, 6)], [...range(8).slice(7)]]);
  }),
  clause(SECTION, 'many messages to a server that reads slowly all arrive', async (env) => {
    const socket = await env.open('/slow-read');
    const piece = new Uint8Array(65_536);
    const all = new Promise((resolve, reject) => {
      let got = 0;
      socket.onclose = ({ code }) => reject(new Error(`closed with ${code} after ${got} messages`));
      socket.onmessage = ({ data }) => {
        same(data, '65536');
        got += 1;
        if (got === 200) resolve();
      };
    });
    for (let i = 0; i < 200; i += 1) socket.send(piece);
    same(socket.bufferedAmount, 200 * 65_536);
    await all;
    await pause(50);
    same(socket.bufferedAmount, 0);
    socket.onclose = null;
    await shut(socket);
  }),
  clause('Web IDL: USVString', 'a lone surrogate becomes U+FFFD', async (env) => {
    const all = ['\ud800', 'a\udfffb', '\ud83d\ud83d\ude00', '\ude00\ud83d'];
    same(await roundTrip(env, ...all), ['\ufffd', 'a\ufffdb', '\ufffd\u{1f600}', '\ufffd\ufffd']);
  }),
  clause('Web IDL: union', 'anything else turns to a string', async (env) => {
    const all = [null, undefined, 1.5, true, 10n, { toString: () => 'mine' }, {}, [1, 2], new String('s'), new Date(0)];
    same(await roundTrip(env, ...all), all.map(String));
  }),
  clause('Web IDL: USVString', 'a Symbol and an object that gives no string are a TypeError', async (env) => {
    const socket = await env.open('/echo');
    throws(TypeError, () => socket.send(Symbol('x')), 'Symbol');
    throws(TypeError, () => socket.send(Object.create(null)), 'no toString');
    same([await echoed(socket, 'x'), socket.readyState], ['x', 1]);
    await shut(socket);
  }),
  clause('Web IDL: USVString', 'what toString throws comes through', async (env) => {
    const socket = await env.open('/echo');
    const error = new RangeError('mine');
    const data = {
      toString() {
        throw error;
      },
    };
    throws(error, () => socket.send(data), 'toString');
    same(socket.bufferedAmount, 0);
    await shut(socket);
  }),
  clause('Web IDL: operations', 'send without argument is a TypeError in every state', async (env) => {
    const socket = env.connect('/echo');
    throws(TypeError, () => socket.send(), 'connecting');
    await next(socket, 'open');
    throws(TypeError, () => socket.send(), 'open');
    await shut(socket);
    throws(TypeError, () => socket.send(), 'closed');
  }),
  clause('Web IDL: operations', 'send gives undefined, and ignores a second argument', async (env) => {
    const socket = await env.open('/echo');
    const message = next(socket, 'message');
    same(socket.send('a', 'b'), undefined);
    same((await message).data, 'a');
    await shut(socket);
  }),
  clause('Web IDL: buffer source types', 'a detached buffer, and a view of it, send no bytes', async (env) => {
    const view = range(8);
    const { buffer } = view;
    const data = new DataView(buffer, 2);
    structuredClone(buffer, { transfer: [buffer] });
    same(await roundTrip(env, buffer, view, data, 'x'), [[], [], [], 'x']);
  }),
  clause(
    'Web IDL: buffer source types',
    'a resizable buffer, and a view of it, are a TypeError',
    async (env) => {
      const socket = await env.open('/echo');
      const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
      throws(TypeError, () => socket.send(buffer), 'buffer');
      throws(TypeError, () => socket.send(new Uint8Array(buffer)), 'Uint8Array');
      throws(TypeError, () => socket.send(new DataView(buffer, 1, 2)), 'DataView');
      same([socket.bufferedAmount, await echoed(socket, 'x')], [0, 'x']);
      await shut(socket);
    },
    () => 'resizable' in ArrayBuffer.prototype,
  ),
  clause(
    'Web IDL: buffer source types',
    'a view of a SharedArrayBuffer is a TypeError',
    async (env) => {
      const socket = await env.open('/echo');
      throws(TypeError, () => socket.send(new Uint8Array(new SharedArrayBuffer(8))), 'Uint8Array');
      throws(TypeError, () => socket.send(new DataView(new SharedArrayBuffer(8))), 'DataView');
      same([socket.bufferedAmount, await echoed(socket, 'x')], [0, 'x']);
      await shut(socket);
    },
    () => typeof SharedArrayBuffer === 'function',
  ),
  clause(
    'Web IDL: union',
    'a SharedArrayBuffer itself is a TypeError',
    async (env) => {
      const socket = await env.open('/echo');
      throws(TypeError, () => socket.send(sharedBuffer()), 'SharedArrayBuffer');
      throws(TypeError, () => socket.send(new Uint8Array(sharedBuffer())), 'Uint8Array');
      same([socket.bufferedAmount, await echoed(socket, 'x')], [0, 'x']);
      await shut(socket);
    },
    () => sharedBuffer() !== undefined,
  ),
  clause(SECTION, 'a connecting socket throws an InvalidStateError for every kind', (env) => {
    const socket = env.connect('/echo');
    try {
      for (const data of ['', 'x', new ArrayBuffer(1), new Uint8Array(1), new Blob(['x']), null]) {
        throwsDom('InvalidStateError', () => socket.send(data), String(data));
      }
      same(socket.bufferedAmount, 0);
    } finally {
      socket.close();
    }
  }),
  clause(SECTION, 'arguments are converted before the state is judged', (env) => {
    const socket = env.connect('/echo');
    try {
      const error = new RangeError('mine');
      const data = {
        toString() {
          throw error;
        },
      };
      throws(error, () => socket.send(data), 'toString');
      throws(TypeError, () => socket.send(Symbol('x')), 'Symbol');
    } finally {
      socket.close();
    }
  }),
  clause(SECTION, 'a closing and a closed socket throw nothing, and send nothing', async (env) => {
    const key = `k${Math.random()}`;
    const socket = await env.open(`/echo?key=${key}`);
    const got = [];
    socket.onmessage = ({ data }) => got.push(data);
    const close = next(socket, 'close');
    socket.close(3001);
    same(socket.send('late'), undefined);
    socket.send(new Blob(['late']));
    const { code, wasClean } = await close;
    same(socket.send(new Uint8Array(3)), undefined);
    await pause(20);
    same([got, code, wasClean], [[], 3001, true]);
  }),
  clause(SECTION, 'arguments are converted in a closed socket too', async (env) => {
    const socket = await env.open('/echo');
    await shut(socket);
    throws(TypeError, () => socket.send(Symbol('x')), 'Symbol');
  }),
  clause(SECTION, 'the bytes of a buffer are those at the call', async (env) => {
    const socket = await env.open('/echo');
    const view = range(100_000);
    const due = range(100_000);
    const message = next(socket, 'message');
    socket.send(view);
    view.fill(0xff);
    holds(isSame((await message).data, due), 'the bytes before the change');
    await shut(socket);
  }),
  clause(SECTION, 'a buffer may be transferred away after the call', async (env) => {
    const socket = await env.open('/echo');
    const { buffer } = range(100);
    const message = next(socket, 'message');
    socket.send(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    same(bytes((await message).data), [...range(100)]);
    await shut(socket);
  }),
  clause(SECTION, 'Blobs keep their place among the others', async (env) => {
    const blob = new Blob([range(100_000)]);
    const got = await roundTrip(env, 'a', blob, 'b', new Uint8Array([1]), new Blob(['x']), new Blob([]), 'c');
    same(
      got.map((data) => (typeof data === 'string' ? data : data.length)),
      ['a', 100_000, 'b', 1, 1, 0, 'c'],
    );
  }),
  clause(SECTION, 'messages come back in order, many at once', async (env) => {
    const all = Array.from({ length: 500 }, (_, index) => `${index}`);
    same(await roundTrip(env, ...all), all);
  }),
  clause(SECTION, 'messages around the limits of the frame lengths', async (env) => {
    const lengths = [1, 125, 126, 127, 65_535, 65_536];
    const all = lengths.flatMap((length) => ['x'.repeat(length), range(length)]);
    const got = await roundTrip(env, ...all);
    same(
      got.map(({ length }) => length),
      all.map(({ length }) => length),
    );
    for (const [index, data] of got.entries()) holds([...data].join() === [...all[index]].join(), `message ${index}`);
  }),
  ...[2, 5].flatMap((size) => [
    clause(SECTION, `a text of ${size} MiB comes back whole`, async (env) => {
      const socket = await env.open('/echo');
      const data = text(size * MiB);
      holds((await echoed(socket, data)) === data, 'the same text');
      await shut(socket);
    }),
    clause(SECTION, `binary of ${size} MiB comes back whole, from each kind of source`, async (env) => {
      const socket = await env.open('/echo');
      const data = range(size * MiB);
      for (const source of [data.buffer, data, new Blob([data])]) {
        holds(isSame(await echoed(socket, source), data), `the same bytes from ${source}`.slice(0, 50));
      }
      await shut(socket);
    }),
  ]),
];
