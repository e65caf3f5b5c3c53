// The opening handshake: when it starts, its request, and the responses that fail it.
import { clause, holds, next, pause, requestHeaders, same, shut } from '../harness.js';

const ESTABLISH = 'Establish a WebSocket connection';
const inPage = ({ scope }) => scope !== 'node';

/** All events of a socket until its close, as [type, readyState]. */
async function life(socket) {
  const events = [];
  for (const type of ['open', 'message', 'error', 'close']) {
    socket.addEventListener(type, () => events.push([type, socket.readyState]));
  }
  const { code, reason, wasClean } = await next(socket, 'close');
  await pause(20);
  return { events, code, reason, wasClean };
}

const FAILED = {
  events: [
    ['error', 3],
    ['close', 3],
  ],
  code: 1006,
  reason: '',
  wasClean: false,
};

/** Rejects at once if the socket opens: an engine may keep it open forever. */
async function fails(socket, what) {
  const opened = new Promise((_, reject) => {
    socket.addEventListener('open', () => reject(new Error(`the socket opens: ${what}`)));
  });
  same(await Promise.race([life(socket), opened]), FAILED, what);
}

const key = () => `k${Math.random()}`;

export default [
  clause('RFC 6455 4.1: step 2', 'only one socket at a time is connecting to a host and port', async (env) => {
    const name = key();
    const sockets = [1, 2, 3, 4].map(() => env.connect(`/attempts?key=${name}`));
    const most = await Promise.all(sockets.map(async (socket) => (await next(socket, 'message')).data));
    await Promise.all(sockets.map(shut));
    same(most, ['1', '1', '1', '1']);
  }),
  clause('RFC 6455 4.1: step 2', 'the next attempt starts after one that failed', async (env) => {
    const refused = env.connect('/status?code=403');
    const socket = env.connect('/echo');
    const order = [];
    refused.onclose = () => order.push('close');
    socket.onopen = () => order.push('open');
    await Promise.all([next(refused, 'close'), next(socket, 'open')]);
    await shut(socket);
    same(order.sort(), ['close', 'open']);
  }),
  clause('RFC 6455 4.1: step 2', 'the next attempt starts after one that close() ended', async (env) => {
    const pending = env.connect('/never');
    const socket = env.connect('/echo');
    const opened = next(socket, 'open');
    await pause(50);
    pending.close();
    await opened;
    await shut(socket);
    same(pending.readyState, 3);
  }),
  clause('RFC 6455 4.1: step 2', 'an open socket delays no other', async (env) => {
    const first = await env.open('/echo');
    const second = await env.open('/echo');
    same([first.readyState, second.readyState], [1, 1]);
    await Promise.all([shut(first), shut(second)]);
  }),
  clause(
    'Constructor',
    'the connection is established in parallel: no event is dispatched in the same task',
    async (env) => {
      const socket = env.connect('/echo');
      for (let i = 0; i < 100; i += 1) await undefined;
      same(socket.readyState, 0);
      await next(socket, 'open');
      same(socket.readyState, 1);
      await shut(socket);
    },
  ),
  clause(ESTABLISH, 'a status other than 101 fails the connection', async (env) => {
    for (const code of [200, 204, 400, 401, 403, 404, 426, 500]) await fails(env.connect(`/status?code=${code}`), code);
  }),
  clause(ESTABLISH, 'redirects are not followed', async (env) => {
    for (const code of [301, 302, 303, 307, 308]) await fails(env.connect(`/status?code=${code}`), code);
  }),
  clause(ESTABLISH, 'a port without a listener fails the connection', async (env) => {
    const url = new URL(env.server());
    url.port = '2';
    await fails(env.wire === 'platform' ? new env.WebSocket(url) : new env.WebSocket(url, env.options()));
  }),
  clause('RFC 6455 4.1: validation', 'a subprotocol that was not requested fails the connection', async (env) => {
    await fails(env.connect('/protocol?name=x', []), 'asked for none');
    await fails(env.connect('/protocol?name=x', ['a', 'b']), 'asked for others');
  }),
  clause('RFC 6455 4.1: validation', 'a subprotocol in different case fails the connection', (env) =>
    fails(env.connect('/protocol?name=CHAT', ['chat'])),
  ),
  clause(ESTABLISH, 'an unanswered subprotocol fails the connection', (env) =>
    fails(env.connect('/protocol', ['chat'])),
  ),
  clause(ESTABLISH, 'an empty subprotocol in the response fails the connection', (env) =>
    fails(env.connect('/protocol?name=', ['chat'])),
  ),
  clause('Feedback from the protocol', 'protocol is the chosen one, from the open event on', async (env) => {
    const socket = env.connect('/protocol?name=b', ['a', 'b']);
    same(socket.protocol, '');
    await next(socket, 'open');
    same(socket.protocol, 'b');
    await shut(socket);
    same(socket.protocol, 'b');
  }),
  clause('Feedback from the protocol', 'without a subprotocol protocol stays empty', async (env) => {
    const socket = await env.open('/echo');
    same(socket.protocol, '');
    await shut(socket);
  }),
  clause('Feedback from the protocol', 'extensions stays empty if the server chose none', async (env) => {
    const socket = await env.open('/echo');
    same(socket.extensions, '');
    await shut(socket);
  }),
  clause(
    'Fetch: Origin header',
    "the request's Origin is the scope's",
    async (env) => {
      same((await requestHeaders(env)).origin, self.origin);
    },
    inPage,
  ),
  clause('RFC 6455 4.1: request', 'Sec-WebSocket-Version is 13', async (env) => {
    same((await requestHeaders(env))['sec-websocket-version'], '13');
  }),
  clause('RFC 6455 4.1: request', 'Upgrade is websocket and Connection has Upgrade', async (env) => {
    const { upgrade, connection } = await requestHeaders(env);
    same(upgrade.toLowerCase(), 'websocket');
    const tokens = connection.split(',').map((token) => token.trim().toLowerCase());
    holds(tokens.includes('upgrade'), `${connection} has upgrade`);
  }),
  clause('RFC 6455 4.1: request', 'Host is the host and the port of the URL', async (env) => {
    same((await requestHeaders(env)).host, new URL(env.server()).host);
  }),
  clause('RFC 6455 4.1: request', 'Sec-WebSocket-Key is 16 bytes in base64, new for each socket', async (env) => {
    const [one, two] = [await requestHeaders(env), await requestHeaders(env)].map((all) => all['sec-websocket-key']);
    same([atob(one).length, atob(two).length], [16, 16]);
    holds(one !== two, 'two keys differ');
  }),
  clause('close()', 'close() while connecting sets readyState to 2 at once, and the connection fails', async (env) => {
    const socket = env.connect('/slow?ms=100');
    const ended = life(socket);
    socket.close();
    same(socket.readyState, 2);
    same(await ended, FAILED);
    await pause(150);
    same(socket.readyState, 3);
  }),
  clause('close()', 'a code and a reason given while connecting are discarded', async (env) => {
    const socket = env.connect('/never');
    const ended = life(socket);
    await pause(50);
    socket.close(3000, 'why');
    same(socket.readyState, 2);
    same(await ended, FAILED);
  }),
  clause('close()', 'close() in the same task as new fires its events in a later one', async (env) => {
    const socket = env.connect('/echo');
    const ended = life(socket);
    socket.close();
    for (let i = 0; i < 100; i += 1) await undefined;
    same(socket.readyState, 2);
    same(await ended, FAILED);
  }),
  clause('Feedback from the protocol', 'a socket whose handshake is not answered stays connecting', async (env) => {
    const socket = env.connect('/never');
    const types = [];
    for (const type of ['open', 'error', 'close']) socket.addEventListener(type, () => types.push(type));
    await pause(300);
    const { readyState } = socket;
    const seen = [...types];
    socket.close();
    await next(socket, 'close');
    same([readyState, seen], [0, []]);
  }),
  clause('Feedback from the protocol', "bytes that arrive with the handshake's response are not lost", async (env) => {
    const socket = env.connect('/text-then-drop?n=3');
    const got = [];
    socket.onmessage = ({ data }) => got.push(data);
    await next(socket, 'close');
    same(got, ['1', '2', '3']);
  }),
];
