// close(): the codes and reasons that it accepts, and its effects.
import { carriesBytes, clause, next, pause, same, shut, throws, throwsDom } from '../harness.js';

const SECTION = 'close()';
const closed = ({ code, reason, wasClean }) => ({ code, reason, wasClean });
const newKey = () => `k${Math.random()}`;

/** The server's record of the connection with that key. */
async function seen(env, key) {
  for (let i = 0; i < 100; i += 1) {
    const socket = env.connect(`/log?key=${key}`);
    const [entry] = JSON.parse((await next(socket, 'message')).data);
    await shut(socket);
    if (entry) return [entry.closeCode, entry.closeReason];
    await pause(20);
  }
  throw new Error('the server has not recorded the end');
}

/** The server's record after close() was called with these arguments on an open socket. */
async function arrives(env, ...args) {
  const key = newKey();
  const socket = await env.open(`/echo?key=${key}`);
  const close = next(socket, 'close');
  same(socket.close(...args), undefined, 'the result of close()');
  await close;
  return seen(env, key);
}

/** Calls `use` with a socket in each of the four states. */
async function inEachState(env, use) {
  const connecting = env.connect('/never');
  try {
    use(connecting, 0);
  } finally {
    connecting.close();
  }
  const socket = await env.open('/echo');
  use(socket, 1);
  const close = next(socket, 'close');
  socket.close();
  use(socket, 2);
  await close;
  use(socket, 3);
}

const refused = (asserts, name, ...lists) =>
  clause(SECTION, asserts, (env) =>
    inEachState(env, (socket, state) => {
      for (const args of lists) {
        throwsDom(name, () => socket.close(...args), `close(${args.map(String)}) in state ${state}`);
        same(socket.readyState, state);
      }
    }),
  );

const codes = (...all) => all.map((code) => [code]);

export default [
  clause(SECTION, 'without arguments the Close frame is empty', async (env) => {
    same(await arrives(env), [null, '']);
  }),
  ...[1000, 3000, 4999].map((code) =>
    clause(SECTION, `the code ${code} and the reason arrive`, async (env) => {
      same(await arrives(env, code, 'why ü'), [code, 'why ü']);
    }),
  ),
  clause(SECTION, 'a code without a reason is sent without one', async (env) => {
    same(await arrives(env, 3001), [3001, '']);
    same(await arrives(env, 3001, ''), [3001, '']);
  }),
  clause('Web IDL: optional arguments', 'undefined as code is no code', async (env) => {
    same(await arrives(env, undefined), [null, '']);
    same(await arrives(env, undefined, undefined), [null, '']);
  }),
  clause('Web IDL: optional arguments', 'undefined as reason is no reason', async (env) => {
    same(await arrives(env, 3000, undefined), [3000, '']);
  }),
  refused(
    'a code that is neither 1000 nor in 3000 to 4999 is an InvalidAccessError in every state',
    'InvalidAccessError',
    ...codes(0, 1, 999, 1001, 1005, 1006, 1007, 1015, 2999, 5000, 65_535),
  ),
  refused(
    'a code is clamped to 0 to 65535, not wrapped',
    'InvalidAccessError',
    ...codes(-1, 65_536, 65_536 + 1000, 65_536 + 3000, 2 ** 32 + 1000, -(2 ** 32), Infinity, -Infinity, NaN),
  ),
  refused(
    'null, false, an empty string and an object are the code 0',
    'InvalidAccessError',
    ...codes(null, false, true, '', 'x', {}, []),
  ),
  clause('Web IDL: [Clamp]', 'a code is rounded to the nearest integer, halves to the even one', async (env) => {
    same(await arrives(env, 1000.4), [1000, '']);
    same(await arrives(env, 999.5), [1000, '']);
    same(await arrives(env, 1000.5), [1000, '']);
    same(await arrives(env, 2999.5), [3000, '']);
    same(await arrives(env, 3000.5), [3000, '']);
    same(await arrives(env, 3001.5), [3002, '']);
  }),
  refused(
    'a code that is rounded out of the range is an InvalidAccessError',
    'InvalidAccessError',
    ...codes(999.4, 1000.6, 2999.4, 4999.5),
  ),
  clause('Web IDL: [Clamp]', 'a value that is converted to a number is a code', async (env) => {
    same(await arrives(env, '1000'), [1000, '']);
    same(await arrives(env, { valueOf: () => 3002 }), [3002, '']);
  }),
  clause('Web IDL: [Clamp]', 'a BigInt as code is a TypeError', async (env) => {
    await inEachState(env, (socket) => throws(TypeError, () => socket.close(1000n), 'close(1000n)'));
  }),
  clause('Web IDL: conversions', 'a Symbol as code or reason is a TypeError', async (env) => {
    await inEachState(env, (socket) => {
      throws(TypeError, () => socket.close(Symbol('x')), 'code');
      throws(TypeError, () => socket.close(1000, Symbol('x')), 'reason');
    });
  }),
  clause(SECTION, 'a reason of 123 bytes arrives', async (env) => {
    const reason = `${'x'.repeat(119)}\u{1f600}`;
    same(await arrives(env, 1000, reason), [1000, reason]);
  }),
  refused(
    'a reason of more than 123 bytes in UTF-8 is a SyntaxError in every state',
    'SyntaxError',
    [1000, 'x'.repeat(124)],
    [3000, 'ü'.repeat(62)],
    [4999, '€'.repeat(42)],
    [undefined, 'x'.repeat(124)],
  ),
  clause('Web IDL: USVString', 'a lone surrogate in the reason becomes U+FFFD', async (env) => {
    same(await arrives(env, 1000, 'a\ud800b'), [1000, 'a\ufffdb']);
  }),
  refused(
    'a lone surrogate in the reason counts 3 bytes',
    'SyntaxError',
    [1000, '\ud800'.repeat(42)],
    [1000, `${'x'.repeat(121)}\udfff`],
  ),
  clause('Web IDL: USVString', 'a reason that is not a string is converted to one', async (env) => {
    same(await arrives(env, 1000, null), [1000, 'null']);
    same(await arrives(env, 1000, 12), [1000, '12']);
  }),
  refused(
    'the code is validated before the reason',
    'InvalidAccessError',
    [1001, 'x'.repeat(124)],
    [0, 'x'.repeat(200)],
  ),
  clause('Web IDL: operations', 'both arguments are converted before the code is validated', async (env) => {
    const socket = await env.open('/echo');
    const error = new RangeError('mine');
    const reason = {
      toString() {
        throw error;
      },
    };
    throws(error, () => socket.close(1, reason), 'reason');
    same(socket.readyState, 1);
    await shut(socket);
  }),
  clause(SECTION, 'readyState is 2 at once, and 3 in the close event', async (env) => {
    const socket = await env.open('/echo');
    const states = [];
    socket.onclose = () => states.push(socket.readyState);
    const close = next(socket, 'close');
    socket.close();
    states.push(socket.readyState);
    await close;
    same(states, [2, 3]);
  }),
  clause(SECTION, 'a second close() changes nothing', async (env) => {
    const key = newKey();
    const socket = await env.open(`/echo?key=${key}`);
    let closes = 0;
    socket.onclose = () => {
      closes += 1;
    };
    const close = next(socket, 'close');
    socket.close(3000, 'first');
    socket.close(4000, 'second');
    same(closed(await close), { code: 3000, reason: 'first', wasClean: true });
    socket.close(4000, 'third');
    await pause(20);
    same([closes, socket.readyState, await seen(env, key)], [1, 3, [3000, 'first']]);
  }),
  clause(SECTION, 'readyState stays 2 until the server has answered', async (env) => {
    const socket = await env.open('/late?ms=200');
    const close = next(socket, 'close');
    let ended = false;
    socket.onclose = () => {
      ended = true;
    };
    socket.close(1000);
    await pause(50);
    same([socket.readyState, ended], [2, false]);
    same(closed(await close), { code: 1005, reason: '', wasClean: true });
  }),
  clause(SECTION, 'the close is clean even if the server ends the connection late', async (env) => {
    const socket = await env.open('/late-end?ms=200');
    const closes = [];
    socket.onclose = (event) => closes.push(closed(event));
    const close = next(socket, 'close');
    socket.close(1000);
    same(socket.readyState, 2);
    await close;
    await pause(250);
    same([closes, socket.readyState], [[{ code: 3000, reason: '', wasClean: true }], 3]);
  }),
  clause(
    'Drop-in addition',
    'a server that never answers is disconnected after closeTimeout: 1006, not clean',
    async (env) => {
      const socket = new env.WebSocket(env.server('/silent'), env.options({ closeTimeout: 200 }));
      await next(socket, 'open');
      const close = next(socket, 'close');
      socket.close(3000, 'why');
      await pause(50);
      same(socket.readyState, 2);
      same(closed(await close), { code: 1006, reason: '', wasClean: false });
    },
    carriesBytes,
  ),
  clause(SECTION, 'messages before close() are sent before the Close frame', async (env) => {
    const key = newKey();
    const socket = await env.open(`/echo?key=${key}`);
    const close = next(socket, 'close');
    socket.send('x'.repeat(4 * 1024 * 1024));
    socket.close(3004);
    same(closed(await close), { code: 3004, reason: '', wasClean: true });
    same([socket.bufferedAmount, await seen(env, key)], [0, [3004, '']]);
  }),
  clause(SECTION, 'a Blob before close() is sent before the Close frame', async (env) => {
    const key = newKey();
    const socket = await env.open(`/echo?key=${key}`);
    const close = next(socket, 'close');
    socket.send(new Blob([new Uint8Array(300_000)]));
    socket.send(new Blob(['x']));
    socket.close(3003, 'after');
    same(closed(await close), { code: 3003, reason: 'after', wasClean: true });
    same([socket.bufferedAmount, await seen(env, key)], [0, [3003, 'after']]);
  }),
  clause('Feedback from the protocol', "the server's code is answered", async (env) => {
    const key = newKey();
    const socket = env.connect(`/close?code=4002&reason=x&key=${key}`);
    same((await next(socket, 'close')).code, 4002);
    same((await seen(env, key))[0], 4002);
  }),
  clause('Feedback from the protocol', 'close() in answer to the server keeps its code', async (env) => {
    const socket = env.connect('/close?code=4003');
    socket.onopen = () => socket.close(3000);
    same(closed(await next(socket, 'close')), { code: 4003, reason: '', wasClean: true });
  }),
  clause(SECTION, 'close() in the close event does nothing', async (env) => {
    const socket = env.connect('/close?code=4004');
    let closes = 0;
    socket.onclose = () => {
      closes += 1;
      socket.close(3000, 'x');
    };
    await next(socket, 'close');
    await pause(30);
    same([closes, socket.readyState], [1, 3]);
  }),
];
