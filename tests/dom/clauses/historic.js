// Rules of older standards, for code that was written for them.
import { clause, echoed, next, same, shut, throws, throwsDom } from '../harness.js';

const LONE = ['\ud800', 'a\udc00', '\ude00\ud83d', 'x\ud83dx'];
const notPlatform = ({ wire }) => wire !== 'platform';

function strict(env, path = '/echo') {
  return new env.WebSocket(env.server(path), env.options({ unpairedSurrogates: 'throw' }));
}

function codeOf(run) {
  try {
    run();
  } catch ({ code }) {
    return code;
  }
  throw new Error('nothing was thrown');
}

const historic = (section, asserts, run) => clause(section, asserts, run, notPlatform);

export default [
  historic('Web IDL: error names', 'exceptions have the legacy codes 12, 11 and 15', async (env) => {
    same(
      codeOf(() => new env.WebSocket('ws://a b/')),
      DOMException.SYNTAX_ERR,
    );
    same(DOMException.SYNTAX_ERR, 12);
    const socket = env.connect('/echo');
    same(
      codeOf(() => socket.send('x')),
      11,
    );
    same(
      codeOf(() => socket.close(1)),
      15,
    );
    same(
      codeOf(() => socket.close(1000, 'x'.repeat(124))),
      12,
    );
    socket.close();
  }),
  historic('unpairedSurrogates', "'throw' makes send throw a SyntaxError, and send nothing", async (env) => {
    const socket = strict(env);
    await next(socket, 'open');
    for (const text of LONE) throwsDom('SyntaxError', () => socket.send(text), JSON.stringify(text));
    same(
      codeOf(() => socket.send('\ud800')),
      12,
    );
    same([socket.bufferedAmount, await echoed(socket, 'x'), socket.readyState], [0, 'x', 1]);
    await shut(socket);
  }),
  historic('unpairedSurrogates', "'throw' accepts paired surrogates", async (env) => {
    const socket = strict(env);
    await next(socket, 'open');
    same(await echoed(socket, 'a\u{1f600}\u{10ffff}'), 'a\u{1f600}\u{10ffff}');
    await shut(socket);
  }),
  historic('unpairedSurrogates', "'throw' makes close throw a SyntaxError, and stay open", async (env) => {
    const socket = strict(env);
    await next(socket, 'open');
    for (const text of LONE) throwsDom('SyntaxError', () => socket.close(1000, text), JSON.stringify(text));
    same(socket.readyState, 1);
    const close = next(socket, 'close');
    socket.close(1000, '\u{1f600}');
    same((await close).reason, '\u{1f600}');
  }),
  historic('unpairedSurrogates', 'a connecting socket throws the InvalidStateError first', (env) => {
    const socket = strict(env);
    try {
      throwsDom('InvalidStateError', () => socket.send('\ud800'), 'send');
    } finally {
      socket.close();
    }
  }),
  historic('unpairedSurrogates', "'throw' validates the code of close before the reason", async (env) => {
    const socket = strict(env);
    await next(socket, 'open');
    throwsDom('InvalidAccessError', () => socket.close(1001, '\ud800'), 'close');
    await shut(socket);
  }),
  historic('unpairedSurrogates', "'replace' is the default", async (env) => {
    for (const more of [{}, { unpairedSurrogates: 'replace' }, { unpairedSurrogates: undefined }]) {
      const socket = new env.WebSocket(env.server(), env.options(more));
      await next(socket, 'open');
      same(await echoed(socket, 'a\ud800'), 'a\ufffd');
      const close = next(socket, 'close');
      socket.close(1000, '\udc00');
      same((await close).reason, '\ufffd');
    }
  }),
  historic('unpairedSurrogates', 'another value is a TypeError', (env) => {
    const options = env.options({ unpairedSurrogates: 'Throw' });
    throws(TypeError, () => new env.WebSocket(env.server(), options), 'Throw');
  }),
];
