// The server's frames, valid and invalid.
import { bytes, clause, next, same } from '../harness.js';

const MESSAGE = 'When a WebSocket message has been received';
const FAIL = 'RFC 6455 7.1.7: fail the connection';

/** The events before the close event: `[type, data or code]`; and the close event. */
async function life(socket) {
  const all = [];
  socket.binaryType = 'arraybuffer';
  for (const type of ['open', 'message', 'error', 'close']) {
    socket.addEventListener(type, ({ data, code }) => {
      all.push([type, data instanceof ArrayBuffer ? bytes(data) : (data ?? code ?? null)]);
    });
  }
  const { wasClean } = await next(socket, 'close');
  return { all, wasClean };
}

const INVALID = {
  utf8: 'text that is not UTF-8',
  'utf8-fragments': 'text that is not UTF-8 across two fragments',
  'utf8-end': 'text that ends within a character',
  opcode: 'a reserved opcode',
  'control-opcode': 'a reserved opcode of a control frame',
  masked: 'a masked frame',
  rsv: 'a reserved bit',
  length: 'a length of more than 63 bits',
  continuation: 'a continuation without a message to continue',
  interleaved: 'a message within another',
  'ping-fragment': 'a fragmented ping',
  'ping-length': 'a ping of more than 125 bytes',
  close: 'a Close frame of one byte',
  'close-code': 'a Close frame with the code 1005',
  'close-utf8': 'a Close frame with a reason that is not UTF-8',
};

export default [
  ...Object.entries(INVALID).map(([kind, what]) =>
    clause(FAIL, `${what}: error, then close with 1006`, async (env) => {
      const socket = env.connect(`/invalid?kind=${kind}`);
      const taken = new Promise((_, reject) => {
        socket.addEventListener(
          'message',
          ({ data }) => data !== 'good' && reject(new Error(`a message is dispatched: ${data}`)),
        );
      });
      const due = [
        ['open', null],
        ['message', 'good'],
        ['error', null],
        ['close', 1006],
      ];
      same(await Promise.race([life(socket), taken]), { all: due, wasClean: false });
    }),
  ),
  clause(MESSAGE, 'fragments with a ping between them, cut within a character, are one message', async (env) => {
    const socket = env.connect('/frames?kind=fragments');
    same((await next(socket, 'message')).data, 'aüz');
  }),
  clause(MESSAGE, 'empty fragments are part of their message', async (env) => {
    const socket = env.connect('/frames?kind=empty-fragments');
    socket.binaryType = 'arraybuffer';
    same(bytes((await next(socket, 'message')).data), [1]);
  }),
  clause('RFC 6455 5.5.3', 'an unsolicited pong is ignored', async (env) => {
    const socket = env.connect('/frames?kind=pong');
    same((await next(socket, 'message')).data, 'x');
  }),
  ...['', 'x', 'p'.repeat(125)].map((data) =>
    clause('RFC 6455 5.5.2', `a ping of ${data.length} bytes is answered, and fires no event`, async (env) => {
      const socket = env.connect(`/ping?data=${data}`);
      const types = [];
      for (const type of ['open', 'message', 'error', 'ping', 'pong']) {
        socket.addEventListener(type, () => types.push(type));
      }
      same((await next(socket, 'message')).data, data);
      same(types, ['open', 'message']);
    }),
  ),
  clause('RFC 6455 5.5.1', "frames after the server's Close frame are ignored", async (env) => {
    const due = [
      ['open', null],
      ['message', 'x'],
      ['close', 4000],
    ];
    same(await life(env.connect('/frames?kind=after-close')), { all: due, wasClean: true });
  }),
];
