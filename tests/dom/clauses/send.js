// send(): each kind of data arrives unchanged, and in order.
import { bytes, clause, echoed, holds, next, pause, range, roundTrip, same, shut } from '../harness.js';

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

/** Text of about `length` characters of 1 to 4 bytes, so that every position at which it could be cut is tested. */
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
  clause(SECTION, 'all of many messages to a server that reads slowly arrive', async (env) => {
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
