// binaryType: its values, and the messages that they apply to.
import { bytes, clause, holds, next, same, shut } from '../harness.js';

const SECTION = 'binaryType';

/** The kind of a message's data. */
const kind = (data) => (data instanceof Blob ? 'blob' : data instanceof ArrayBuffer ? 'arraybuffer' : typeof data);

async function opened(env, path) {
  const socket = env.connect(path);
  await next(socket, 'open');
  return socket;
}

async function answer(socket, data) {
  const message = next(socket, 'message');
  socket.send(data);
  return (await message).data;
}

export default [
  clause(SECTION, 'it can be set to both values in every state', async (env) => {
    const socket = env.connect('/echo');
    const tryBoth = (state) => {
      for (const type of ['arraybuffer', 'blob']) {
        socket.binaryType = type;
        same([socket.binaryType, socket.readyState], [type, state]);
      }
    };
    tryBoth(0);
    await next(socket, 'open');
    tryBoth(1);
    const close = next(socket, 'close');
    socket.close();
    tryBoth(2);
    await close;
    tryBoth(3);
  }),
  clause('Web IDL: enumerations', 'an unknown value is ignored', (env) => {
    const socket = env.connect('/echo');
    try {
      for (const type of ['arraybuffer', 'blob']) {
        socket.binaryType = type;
        for (const value of ['Blob', 'ArrayBuffer', '', 'text', ' blob', null, undefined, 1, {}]) {
          socket.binaryType = value;
          same(socket.binaryType, type, String(value));
        }
      }
    } finally {
      socket.close();
    }
  }),
  clause('Web IDL: enumerations', 'the value is converted to a string', (env) => {
    const socket = env.connect('/echo');
    try {
      socket.binaryType = { toString: () => 'arraybuffer' };
      same(socket.binaryType, 'arraybuffer');
      let error;
      try {
        socket.binaryType = Symbol('blob');
      } catch (thrown) {
        error = thrown;
      }
      holds(error instanceof TypeError, 'a Symbol throws a TypeError');
    } finally {
      socket.close();
    }
  }),
  clause('Feedback from the protocol', 'binary is a Blob by default', async (env) => {
    const socket = await opened(env, '/echo');
    const data = await answer(socket, new Uint8Array([1, 2, 3]));
    await shut(socket);
    same([kind(data), data.size, data.type], ['blob', 3, '']);
    same(bytes(await data.arrayBuffer()), [1, 2, 3]);
  }),
  clause('Feedback from the protocol', 'an empty message is an empty Blob or ArrayBuffer', async (env) => {
    const socket = await opened(env, '/echo');
    const blob = await answer(socket, new ArrayBuffer(0));
    socket.binaryType = 'arraybuffer';
    const buffer = await answer(socket, new ArrayBuffer(0));
    await shut(socket);
    same([kind(blob), blob.size, kind(buffer), buffer.byteLength], ['blob', 0, 'arraybuffer', 0]);
  }),
  clause(
    'Feedback from the protocol',
    'each message has an ArrayBuffer of its own, of just its length',
    async (env) => {
      const socket = await opened(env, '/echo');
      socket.binaryType = 'arraybuffer';
      const one = await answer(socket, new Uint8Array([1, 2]));
      const two = await answer(socket, new Uint8Array([3]));
      await shut(socket);
      holds(one !== two, 'two buffers');
      same([bytes(one), bytes(two)], [[1, 2], [3]]);
      structuredClone(two, { transfer: [two] });
      same([bytes(one), two.byteLength], [[1, 2], 0]);
    },
  ),
  clause('Feedback from the protocol', 'text is a string with both values', async (env) => {
    const socket = await opened(env, '/echo');
    const one = await answer(socket, 'a');
    socket.binaryType = 'arraybuffer';
    const two = await answer(socket, 'b');
    await shut(socket);
    same([one, two], ['a', 'b']);
  }),
  clause('Feedback from the protocol', 'the type at the dispatch applies, not the one at the send', async (env) => {
    const socket = await opened(env, '/echo');
    const message = next(socket, 'message');
    socket.send(new Uint8Array([1]));
    socket.binaryType = 'arraybuffer';
    same(kind((await message).data), 'arraybuffer');
    await shut(socket);
  }),
  clause('Feedback from the protocol', 'a change in one message event applies to the next message', async (env) => {
    const socket = await opened(env, '/echo');
    const kinds = [];
    const types = ['arraybuffer', 'blob', 'arraybuffer', 'blob'];
    await new Promise((resolve) => {
      socket.onmessage = ({ data }) => {
        kinds.push(kind(data));
        socket.binaryType = types[kinds.length - 1];
        if (kinds.length === 4) resolve();
      };
      for (let i = 0; i < 4; i += 1) socket.send(new Uint8Array([i]));
    });
    await shut(socket);
    same(kinds, ['blob', 'arraybuffer', 'blob', 'arraybuffer']);
  }),
];
