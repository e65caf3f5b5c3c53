// The argument of send(): its conversion (Web IDL), when it is read, and the states in which it is refused.
import { clause, echoed, next, pause, range, roundTrip, same, shut, throws, throwsDom } from '../harness.js';

const SECTION = 'send()';

/** A SharedArrayBuffer: a page that isn't isolated has no global of that name, but can create one. */
function sharedBuffer() {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer;
  } catch {
    return undefined;
  }
}

export default [
  clause(
    SECTION,
    'properties that a script adds to a Blob are ignored',
    async (env) => {
      const blob = new Blob(['abc']);
      const mine = () => new Blob(['mine']);
      for (const name of ['slice', 'stream', 'arrayBuffer', 'bytes', 'text']) blob[name] = mine;
      Object.defineProperty(blob, 'size', { value: 1 });
      same(await roundTrip(env, blob), [[0x61, 0x62, 0x63]]);
    },
    // Deno's Blob reads its own size property.
    () => !('Deno' in globalThis),
  ),
  clause(
    'Web IDL: buffer source types',
    'properties that a script adds to views and buffers are ignored',
    async (env) => {
      const { buffer } = range(8);
      const all = [buffer, new Uint16Array(buffer, 2, 2), new DataView(buffer, 7)];
      for (const data of all) {
        for (const name of ['buffer', 'byteOffset', 'byteLength', 'length']) {
          Object.defineProperty(data, name, { value: name === 'buffer' ? new ArrayBuffer(3) : 1 });
        }
      }
      same(await roundTrip(env, ...all), [[...range(8)], [...range(8).slice(2, 6)], [...range(8).slice(7)]]);
    },
  ),
  clause('Web IDL: USVString', 'a lone surrogate becomes U+FFFD', async (env) => {
    const all = ['\ud800', 'a\udfffb', '\ud83d\ud83d\ude00', '\ude00\ud83d'];
    same(await roundTrip(env, ...all), ['\ufffd', 'a\ufffdb', '\ufffd\u{1f600}', '\ufffd\ufffd']);
  }),
  clause('Web IDL: union', 'any other value is converted to a string', async (env) => {
    const all = [null, undefined, 1.5, true, 10n, { toString: () => 'mine' }, {}, [1, 2], new String('s'), new Date(0)];
    same(await roundTrip(env, ...all), all.map(String));
  }),
  clause(
    'Web IDL: USVString',
    'a Symbol, and an object without a conversion to a string, are a TypeError',
    async (env) => {
      const socket = await env.open('/echo');
      throws(TypeError, () => socket.send(Symbol('x')), 'Symbol');
      throws(TypeError, () => socket.send(Object.create(null)), 'no toString');
      same([await echoed(socket, 'x'), socket.readyState], ['x', 1]);
      await shut(socket);
    },
  ),
  clause('Web IDL: USVString', 'an exception of toString propagates', async (env) => {
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
  clause('Web IDL: operations', 'send returns undefined, and ignores a second argument', async (env) => {
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
  clause(SECTION, 'arguments are converted before the state is checked', (env) => {
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
  clause(SECTION, 'arguments are converted in a closed socket, too', async (env) => {
    const socket = await env.open('/echo');
    await shut(socket);
    throws(TypeError, () => socket.send(Symbol('x')), 'Symbol');
  }),
];
