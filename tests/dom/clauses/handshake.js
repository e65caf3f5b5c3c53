// The server's opening handshake: the responses that establish a connection, and those that fail it.
import { clause, holds, next, requestHeaders, same, shut } from '../harness.js';

const ESTABLISH = 'Establish a WebSocket connection';
const VALIDATION = 'RFC 6455 4.1: validation';

/** [an accepted variation, the kind of response in tests/support/servers/dom-answers.js] */
const GOOD = [
  ['names and values in any case', 'any-case'],
  ['Connection as a list that has Upgrade', 'in-a-list'],
  ['spaces around the accept', 'spaces'],
  ['unknown headers', 'more'],
  ['an empty reason phrase', 'phrase'],
];

const BAD = [
  ['a Sec-WebSocket-Accept of another key', 'wrong-accept'],
  ['a Sec-WebSocket-Accept in another case', 'accept-in-another-case'],
  ['no Sec-WebSocket-Accept', 'no-accept'],
  ['no Upgrade', 'no-upgrade'],
  ['Upgrade to something else', 'another-upgrade'],
  ['no Connection', 'no-connection'],
  ['Connection without Upgrade', 'another-connection'],
  ['an extension that was not offered', 'an-extension'],
  ['a response that is not HTTP', 'no-http'],
  ['a response without a status', 'no-status'],
];

/** Checks that the connection fails before it is open. */
async function fails(socket) {
  const events = [];
  for (const type of ['open', 'message', 'error']) socket.addEventListener(type, () => events.push(type));
  const opened = new Promise((_, reject) => {
    socket.addEventListener('open', () => reject(new Error('the socket opens')));
  });
  const { code, reason, wasClean } = await Promise.race([next(socket, 'close'), opened]);
  same([events, code, reason, wasClean, socket.readyState], [['error'], 1006, '', false, 3]);
}

export default [
  ...GOOD.map(([what, kind]) =>
    clause(VALIDATION, `accepted: ${what}`, async (env) => {
      const socket = env.connect(`/handshake?kind=${kind}`);
      await next(socket, 'open');
      same([socket.readyState, socket.protocol, socket.extensions], [1, '', '']);
      await shut(socket);
    }),
  ),
  ...BAD.map(([what, kind]) =>
    clause(VALIDATION, `refused: ${what}`, (env) => fails(env.connect(`/handshake?kind=${kind}`))),
  ),
  clause(VALIDATION, 'refused: two subprotocols', (env) =>
    fails(env.connect('/handshake?kind=two-protocols', ['a', 'b'])),
  ),
  clause(ESTABLISH, 'a connection that ends before the response fails', (env) => fails(env.connect('/hang-up'))),
  clause('Fetch: HTTP-network-or-cache fetch', 'user name and password of the URL answer a 401', async (env) => {
    const url = env.server('/auth').replace('//', '//name:p%C3%A4ss@');
    const socket = env.connectTo(url);
    const { data } = await next(socket, 'message');
    await shut(socket);
    const bytes = new TextEncoder().encode('name:päss');
    same(data, `Basic ${btoa(String.fromCharCode(...bytes))}`);
  }),
  clause(ESTABLISH, 'the request has no Referer', async (env) => {
    same((await requestHeaders(env)).referer, undefined);
  }),
  clause(ESTABLISH, 'the request bypasses caches', async (env) => {
    const { pragma, 'cache-control': cacheControl } = await requestHeaders(env);
    same([pragma, cacheControl], ['no-cache', 'no-cache']);
  }),
  clause('RFC 6455 4.1: request', 'the request has no body, and no duplicate header', async (env) => {
    const all = await requestHeaders(env);
    holds(!('content-length' in all) && !('transfer-encoding' in all), 'no body');
    for (const name of ['host', 'origin', 'upgrade', 'sec-websocket-key', 'sec-websocket-version']) {
      holds(!all[name]?.includes(','), `${name} once`);
    }
  }),
];
