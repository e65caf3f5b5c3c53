// Feedback from the protocol: the events, their order, their tasks and their attributes.
import { clause, holds, next, pause, same, shut } from '../harness.js';

const SECTION = 'Feedback from the protocol';
const TYPES = ['open', 'message', 'error', 'close'];

/** The events of a socket until some time after its close: `[type, readyState, data or code]`. */
async function life(socket) {
  const all = [];
  for (const type of TYPES) {
    socket.addEventListener(type, ({ data, code }) => all.push([type, socket.readyState, data ?? code ?? null]));
  }
  await next(socket, 'close');
  await pause(30);
  return all;
}

const closed = ({ code, reason, wasClean }) => ({ code, reason, wasClean });

export default [
  clause(SECTION, 'events are in order: open, messages, close, each with its readyState', async (env) => {
    const socket = env.connect('/hello?n=3');
    const ended = life(socket);
    for (let i = 0; i < 3; i += 1) await next(socket, 'message');
    socket.close();
    const due = [
      ['open', 1, null],
      ['message', 1, '1'],
      ['message', 1, '2'],
      ['message', 1, '3'],
      ['close', 3, 1005],
    ];
    same(await ended, due);
  }),
  clause(SECTION, 'each message is dispatched in a task of its own: all microtasks run in between', async (env) => {
    const socket = env.connect('/hello?n=5');
    const order = [];
    socket.onmessage = async ({ data }) => {
      order.push(`message ${data}`);
      for (let i = 0; i < 50; i += 1) await undefined;
      order.push(`dry ${data}`);
    };
    for (let i = 0; i < 5; i += 1) await next(socket, 'message');
    await shut(socket);
    same(
      order,
      ['1', '2', '3', '4', '5'].flatMap((data) => [`message ${data}`, `dry ${data}`]),
    );
  }),
  clause(SECTION, 'open and the first message are dispatched in tasks of their own', async (env) => {
    const socket = env.connect('/hello?n=1');
    const order = [];
    socket.onopen = async () => {
      for (let i = 0; i < 50; i += 1) await undefined;
      order.push('dry');
    };
    socket.onmessage = () => order.push('message');
    await next(socket, 'message');
    await shut(socket);
    same(order, ['dry', 'message']);
  }),
  clause(SECTION, 'a listener added in open gets the first message', async (env) => {
    const socket = env.connect('/hello?n=2');
    const got = [];
    socket.onopen = () => socket.addEventListener('message', ({ data }) => got.push(data));
    await next(socket, 'open');
    while (got.length < 2) await next(socket, 'message');
    await shut(socket);
    same(got, ['1', '2']);
  }),
  clause(SECTION, 'onmessage that is set many microtasks after open misses nothing', async (env) => {
    const socket = env.connect('/hello?n=2');
    await next(socket, 'open');
    for (let i = 0; i < 500; i += 1) await undefined;
    const got = [];
    socket.onmessage = ({ data }) => got.push(data);
    while (got.length < 2) await next(socket, 'message');
    await shut(socket);
    same(got, ['1', '2']);
  }),
  clause(SECTION, 'target, currentTarget and phase of every event', async (env) => {
    const socket = env.connect('/invalid?kind=opcode');
    const seen = [];
    for (const type of TYPES) {
      socket.addEventListener(type, ({ target, currentTarget, eventPhase }) => {
        seen.push([type, target === socket, currentTarget === socket, eventPhase]);
      });
    }
    await next(socket, 'close');
    same(
      seen,
      TYPES.map((type) => [type, true, true, 2]),
    );
  }),
  clause('DOM: fire an event', 'no event bubbles or is cancelable', async (env) => {
    const socket = env.connect('/invalid?kind=opcode');
    const seen = [];
    for (const type of TYPES) {
      socket.addEventListener(type, (event) => {
        event.preventDefault();
        seen.push([type, event.bubbles, event.cancelable, event.defaultPrevented]);
      });
    }
    await next(socket, 'close');
    same(
      seen,
      TYPES.map((type) => [type, false, false, false]),
    );
  }),
  clause('DOM: fire an event', 'open and error are plain events, message and close of their classes', async (env) => {
    const socket = env.connect('/invalid?kind=opcode');
    const seen = [];
    for (const type of TYPES) {
      socket.addEventListener(type, (event) => seen.push([event instanceof Event, event.constructor.name]));
    }
    await next(socket, 'close');
    same(
      seen,
      ['Event', 'MessageEvent', 'Event', 'CloseEvent'].map((name) => [true, name]),
    );
  }),
  clause('DOM: fire an event', "message and close are instances of the scope's classes", async (env) => {
    const socket = env.connect('/hello?n=1');
    const message = await next(socket, 'message');
    const close = await shut(socket);
    holds(message instanceof MessageEvent, 'a MessageEvent');
    // Node 20 has no global CloseEvent.
    if (env.scope !== 'node') holds(close instanceof CloseEvent, 'a CloseEvent');
    same(Object.getPrototypeOf(close.constructor), Event);
  }),
  clause(SECTION, "a MessageEvent has the data and the server's origin, the rest as by default", async (env) => {
    const socket = env.connect('/hello?n=1');
    const { data, origin, lastEventId, source, ports } = await next(socket, 'message');
    await shut(socket);
    same([data, origin, lastEventId, source, ports], ['1', new URL(env.server()).origin, '', null, []]);
  }),
  clause(SECTION, 'an error event has no details', async (env) => {
    const socket = env.connect('/status?code=403');
    const event = await next(socket, 'error');
    for (const name of ['message', 'code', 'reason', 'error']) holds(!(name in event), `no ${name}`);
    await next(socket, 'close');
  }),
  clause(SECTION, 'close() without code: 1005, clean', async (env) => {
    const socket = await env.open('/echo');
    same(closed(await shut(socket)), { code: 1005, reason: '', wasClean: true });
  }),
  clause(SECTION, "close() with code and reason: the server's answer, clean", async (env) => {
    const socket = await env.open('/echo');
    const close = next(socket, 'close');
    socket.close(3456, 'ünd');
    same(closed(await close), { code: 3456, reason: 'ünd', wasClean: true });
  }),
  clause(SECTION, 'the code is the one received: with an empty answer to close(1000), 1005', async (env) => {
    const socket = await env.open('/late?ms=0');
    const close = next(socket, 'close');
    socket.close(1000, 'bye');
    same(closed(await close), { code: 1005, reason: '', wasClean: true });
  }),
  ...[1000, 1001, 1011, 3000, 4000, 4999].map((code) =>
    clause(SECTION, `the server closes with ${code} and a reason: both, clean`, async (env) => {
      const socket = env.connect(`/close?code=${code}&reason=b%C3%BCe`);
      const all = await life(socket);
      same(all, [
        ['open', 1, null],
        ['close', 3, code],
      ]);
      const again = env.connect(`/close?code=${code}&reason=b%C3%BCe`);
      same(closed(await next(again, 'close')), { code, reason: 'büe', wasClean: true });
    }),
  ),
  clause(SECTION, 'the server closes without code: 1005, clean', async (env) => {
    const socket = env.connect('/close');
    same(closed(await next(socket, 'close')), { code: 1005, reason: '', wasClean: true });
  }),
  clause(SECTION, 'the server closes with a code and no reason: an empty one', async (env) => {
    const socket = env.connect('/close?code=4001');
    same(closed(await next(socket, 'close')), { code: 4001, reason: '', wasClean: true });
  }),
  ...['/drop', '/reset'].map((path) =>
    clause(SECTION, `a connection without a closing handshake (${path}): 1006, not clean`, async (env) => {
      const socket = env.connect(path);
      const close = next(socket, 'close');
      const opened = next(socket, 'open');
      await opened;
      same(closed(await close), { code: 1006, reason: '', wasClean: false });
      same(socket.readyState, 3);
    }),
  ),
  clause(SECTION, 'all messages before a dropped connection are delivered', async (env) => {
    const all = await life(env.connect('/text-then-drop?n=4&ms=50'));
    const data = all.filter(([type]) => type === 'message').map((event) => event[2]);
    same(data, ['1', '2', '3', '4']);
    same(all.at(-1), ['close', 3, 1006]);
  }),
  clause(SECTION, 'error and close of a failure are dispatched in one task', async (env) => {
    const socket = env.connect('/status?code=500');
    const order = [];
    socket.onerror = () => {
      order.push('error');
      setTimeout(() => order.push('later'));
    };
    socket.onclose = () => order.push('close');
    await next(socket, 'close');
    await pause(30);
    same(order, ['error', 'close', 'later']);
  }),
  clause(SECTION, 'no message is dispatched after close()', async (env) => {
    const socket = env.connect('/hello?n=5');
    const got = [];
    socket.onmessage = ({ data }) => {
      got.push(data);
      if (data === '2') socket.close();
    };
    await next(socket, 'close');
    same(got, ['1', '2']);
  }),
  clause(SECTION, 'close() in open: no message at all', async (env) => {
    const socket = env.connect('/hello?n=3');
    socket.onopen = () => socket.close();
    same(
      (await life(socket)).map(([type]) => type),
      ['open', 'close'],
    );
  }),
  clause(SECTION, 'the close event of our close() is dispatched in a later task', async (env) => {
    const socket = await env.open('/echo');
    const order = [];
    socket.onclose = () => order.push('close');
    const close = next(socket, 'close');
    socket.close();
    for (let i = 0; i < 100; i += 1) await undefined;
    order.push('dry');
    await close;
    same(order, ['dry', 'close']);
  }),
  clause(SECTION, 'no event follows close', async (env) => {
    const socket = await env.open('/echo');
    await shut(socket);
    const types = [];
    for (const type of TYPES) socket.addEventListener(type, () => types.push(type));
    socket.close();
    socket.send('x');
    await pause(50);
    same([types, socket.readyState], [[], 3]);
  }),
  clause(
    'DOM: fire an event',
    "events don't use dispatchEvent or listener methods that a script overrides",
    async (env) => {
      const socket = env.connect('/hello?n=1');
      let called = 0;
      const count = () => {
        called += 1;
      };
      const message = next(socket, 'message');
      for (const name of ['dispatchEvent', 'addEventListener', 'removeEventListener']) socket[name] = count;
      socket.onmessage = () => {};
      socket.onmessage = null;
      same((await message).data, '1');
      for (const name of ['dispatchEvent', 'addEventListener', 'removeEventListener']) delete socket[name];
      await shut(socket);
      same(called, 0);
    },
  ),
];
