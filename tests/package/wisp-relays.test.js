// A function as the relay's URL: new tokens, several relays.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket, wisp } from 'websocket-wasm';
import { startRaw } from '../support/servers/raw.js';
import { CLOSE, packet, start } from '../support/servers/relay.js';
import { startV2 } from '../support/servers/relay-v2.js';
import { echoed, next, open, shut, story, until } from './support/sockets.js';
import { connect, echo, failureOf, proxied, relay, target } from './support/wisp.js';

/** A port where nothing listens. */
async function gone() {
  const server = await startRaw(() => {});
  await server.close();
  return server.url;
}

test('the function is called before each carrier, and its promise awaited', async (t) => {
  const running = await startV2({});
  t.after(() => running.close());
  let token = 0;
  const url = async () => {
    token += 1;
    return new URL(`${running.url.replace('ws:', 'http:')}${token}/`);
  };
  const transport = wisp(url, { WebSocket });
  const links = await Promise.all([connect(transport), connect(transport)]);
  links.push(await connect(transport));
  assert.equal(token, 1, 'sockets share a carrier');
  for (const link of links) link.destroy();
  await until(() => running.open === 0);
  (await connect(transport)).destroy();
  assert.deepEqual(running.requests, ['/1/ wisp-v2', '/2/ wisp-v2']);
});

test('carriers of a function are shared within one wisp() only', async (t) => {
  const running = await startV2({});
  t.after(() => running.close());
  const url = () => running.url;
  const links = [];
  for (const transport of [wisp(url, { WebSocket }), wisp(url, { WebSocket }), wisp(running.url, { WebSocket })]) {
    links.push(await connect(transport), await connect(transport));
  }
  assert.equal(running.open, 3);
  for (const link of links) link.destroy();
});

test('if the relay is gone, an attempt goes on with another one', async () => {
  const urls = [await gone(), await gone(), relay.url];
  const asked = [];
  const transport = wisp(
    () => {
      asked.push(asked.length);
      return urls[asked.length - 1];
    },
    { WebSocket },
  );
  const socket = await open(echo.url, { transport });
  assert.equal(await echoed(socket, 'hello'), 'hello');
  assert.equal(asked.length, 3);
  await shut(socket);
});

test('a relay that accepts no streams is gone, too', async (t) => {
  const full = await start((carrier) => carrier.send(packet(CLOSE, 0, 0x49)));
  t.after(() => full.close());
  const urls = [full.url, relay.url];
  const socket = await open(echo.url, { transport: wisp(() => urls.shift(), { WebSocket }) });
  await shut(socket);
});

test('an attempt fails once each relay was tried, with the failure of the last one', async () => {
  const urls = [await gone(), await gone()];
  let asked = 0;
  const transport = wisp(() => urls[asked++ % 2], { WebSocket });
  const error = await failureOf(transport);
  assert.equal(error.code, 'relay-unreachable');
  assert.ok(error.message.includes(urls[0]), error.message);
  assert.equal(asked, 3);
});

test('a host that does not answer is no reason for another relay', async () => {
  let asked = 0;
  const url = () => {
    asked += 1;
    return relay.url;
  };
  // The relay doesn't allow that port.
  const error = await failureOf(wisp(url, { WebSocket }), target({ port: 1 }));
  assert.equal(error.code, 'relay-blocked');
  assert.equal(asked, 1);
});

test('what the function throws, rejects with or returns by mistake fails the attempt, and not the next one', async () => {
  const broken = new Error('no token');
  /** @type {[() => any, (error: any) => boolean][]} */
  const cases = [
    [() => Promise.reject(broken), (error) => error === broken],
    [
      () => {
        throw broken;
      },
      (error) => error === broken,
    ],
    ...[undefined, 7, 'secret', 'ftp://relay.example/secret/', 'ws://user:secret@relay.example/#'].map(
      (result) =>
        /** @type {[() => any, (error: any) => boolean]} */ ([
          () => result,
          // It may have a token in it.
          ({ name, message }) =>
            name === 'TypeError' && /its function's result/.test(message) && !/secret/.test(message),
        ]),
    ),
  ];
  for (const [wrong, matches] of cases) {
    let asked = 0;
    const transport = wisp(() => (asked++ > 0 ? relay.url : wrong()), { WebSocket });
    assert.ok(matches(await failureOf(transport)));
    assert.equal(asked, 1);
    await shut(await open(echo.url, { transport }));
  }
});

test('a socket has the failure of the function, with its code', async () => {
  const transport = wisp(() => Promise.reject(Object.assign(new Error('log in'), { code: 'no-session' })), {
    WebSocket,
  });
  const { failure } = await story(echo.url, { transport });
  assert.equal(failure.code, 'no-session');
  assert.equal(failure.message, 'log in');
});

test('a function that never answers is called again by the next attempt', async () => {
  let asked = 0;
  const transport = wisp(() => (asked++ === 0 ? new Promise(() => {}) : relay.url), { WebSocket });
  const { failure } = await story(echo.url, { transport, handshakeTimeout: 100 });
  assert.equal(failure.code, 'handshake-timeout');
  await shut(await open(echo.url, { transport }));
  assert.equal(asked, 2);
});

test('when a relay dies under its sockets, later ones connect through another', async (t) => {
  const proxies = [await proxied(t), await proxied(t)];
  let asked = 0;
  const transport = wisp(() => proxies[asked++]?.url, { WebSocket });
  const sockets = [await open(echo.url, { transport }), await open(echo.url, { transport })];
  const closed = Promise.all(sockets.map((socket) => next(socket, 'close')));
  await proxies[0].close();
  for (const { code } of await closed) assert.equal(code, 1006);
  const socket = await open(echo.url, { transport });
  assert.equal(await echoed(socket, 'hello'), 'hello');
  assert.equal(proxies[1].connections, 1);
  await shut(socket);
});

for (const [
  title,
  transportsTo,
] of /** @type {[string, (url: string) => () => import('websocket-wasm').Transport][]} */ ([
  ['of one wisp()', (url) => same(wisp(url, { WebSocket }))],
  ['of a wisp() for each socket', (url) => () => wisp(url, { WebSocket })],
  ['of one wisp() with a function', (url) => same(wisp(() => url, { WebSocket }))],
])) {
  test(`when a carrier in use is lost, the next one ${title} waits at random`, async (t) => {
    const proxy = await proxied(t);
    const transport = transportsTo(proxy.url);
    const random = t.mock.method(Math, 'random', () => 0);
    const socket = await open(echo.url, { transport: transport() });
    assert.equal(random.mock.callCount(), 0);
    const closed = next(socket, 'close');
    proxy.drop();
    await closed;
    const again = await open(echo.url, { transport: transport() });
    assert.equal(random.mock.callCount(), 1);
    await shut(again);
    await until(() => proxy.open === 0);
    await shut(await open(echo.url, { transport: transport() }));
    assert.equal(random.mock.callCount(), 1, 'once the relay accepted streams again, none waits');
  });
}

function same(transport) {
  return () => transport;
}
