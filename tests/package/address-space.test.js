// The option `targetAddressSpace` over transports of bytes (WICG Local Network Access): which classes get it for a relay's
// carrier. tests/page/address-space.test.js has what the browser's own class does with it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { tcp, tls, WebSocket, wisp } from 'websocket-wasm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { relay } from 'websocket-wasm/transports';
import { WebSocket as Ws } from 'ws';
import { startStreamRelay } from '../../scripts/stream-relay.js';
import { open, shut, until } from './support/sockets.js';
import { echo, proxied } from './support/wisp.js';

/** @type {('public' | 'local' | 'loopback')[]} */
const SPACES = ['public', 'local', 'loopback'];

let server;
before(async () => {
  server = await startStreamRelay({ handleProtocols: ([first]) => first });
});
after(() => server.close());

/**
 * A class that connects, and the second arguments with which it did. One that reads an option bag does so by Web IDL, before
 * the URL is parsed, and has the option.
 * @returns {{ Class: any, seconds: any[] }}
 */
function recording(readsBag) {
  const seconds = [];
  const Class = class extends WebSocket {
    constructor(url, second) {
      // A list only: what isn't iterable is a TypeError.
      super(url, readsBag ? second : [...second]);
      seconds.push(second);
    }
  };
  return { Class, seconds };
}

/** The targets that a transport is called with, by a socket of each class that has the options. */
async function targets(url, options, wrap = (transport) => transport) {
  const all = [];
  const transport = wrap((target) => {
    all.push(target, { ...target });
    return new Promise(() => {});
  });
  const socket = new WebSocket(url, { ...options, transport });
  await turn();
  await shut(socket);
  const stream = new WebSocketStream(url, { ...options, transport });
  stream.opened.catch(() => {});
  stream.closed.catch(() => {});
  await turn();
  stream.close();
  return all;
}

test("a transport's target has the value, and undefined without it", async () => {
  for (const targetAddressSpace of [...SPACES, undefined]) {
    for (const args of /** @type {const} */ ([['ws://a.test/'], ['ws://b.test/', tls], ['wss://c.test/', tls]])) {
      const [url, wrap] = args;
      const all = await targets(url, { targetAddressSpace }, wrap);
      assert.equal(all.length, 4);
      for (const target of all) assert.equal(target.targetAddressSpace, targetAddressSpace);
    }
  }
  for (const target of await targets('ws://d.test/', {})) assert.equal(target.targetAddressSpace, undefined);
});

test('over tcp a connection works as without it', async () => {
  for (const targetAddressSpace of SPACES) {
    await shut(await open(echo.url, { transport: tcp, targetAddressSpace }));
    await shut(await open(echo.url, { transport: tcp({}), targetAddressSpace }));
    const stream = new WebSocketStream(echo.url, { targetAddressSpace });
    await stream.opened;
    stream.close();
    await stream.closed;
  }
});

/** What the class of a relay's carrier is called with: option bags, or subprotocols alone. */
const bag = (protocols, targetAddressSpace) => ({ protocols, targetAddressSpace });
const plain = (protocols) => protocols;

for (const [kind, readsBag, expected] of /** @type {const} */ ([
  ['reads an option bag gets it', true, bag],
  ['reads none gets the subprotocols', false, plain],
])) {
  test(`over relay() a class that ${kind}`, async () => {
    const { Class, seconds } = recording(readsBag);
    const protocols = ['binary'];
    const without = relay(server.template, { WebSocket: Class, protocols });
    const withDefault = relay(server.template, { WebSocket: Class, protocols, targetAddressSpace: 'public' });
    await shut(await open(echo.url, { transport: without, targetAddressSpace: 'local' }));
    await shut(await open(echo.url, { transport: without }));
    await shut(await open(echo.url, { transport: withDefault, targetAddressSpace: 'loopback' }));
    await shut(await open(echo.url, { transport: withDefault }));
    assert.deepEqual(seconds, [
      expected(protocols, 'local'),
      protocols,
      expected(protocols, 'loopback'),
      expected(protocols, 'public'),
    ]);
  });

  test(`over wisp() a class that ${kind}`, async (t) => {
    const { url } = await proxied(t);
    const { Class, seconds } = recording(readsBag);
    const without = wisp(url, { WebSocket: Class });
    const withDefault = wisp(url, { WebSocket: Class, targetAddressSpace: 'public' });
    const spaces = [];
    for (const options of /** @type {const} */ ([
      { transport: without, targetAddressSpace: 'local' },
      { transport: without },
      { transport: withDefault, targetAddressSpace: 'loopback' },
      { transport: withDefault },
    ])) {
      seconds.length = 0;
      await shut(await open(echo.url, options));
      // Two if the relay chooses no subprotocol: then another attempt offers none.
      for (const second of seconds) assert.equal(Array.isArray(second), second.targetAddressSpace === undefined);
      spaces.push(seconds[0].targetAddressSpace);
    }
    assert.deepEqual(spaces, readsBag ? ['local', undefined, 'loopback', 'public'] : Array(4).fill(undefined));
  });
}

/** As older versions of npm's `ws`: an object is a bag of other options, all of which are copied. */
const Copying = class extends Ws {
  constructor(url, second) {
    super(url, Array.isArray(second) ? second : [], Array.isArray(second) ? {} : { ...second });
  }
};

for (const [name, Class] of /** @type {[string, any][]} */ ([
  ["npm's ws", Ws],
  ['a class that copies its options and takes no subprotocols of them', Copying],
])) {
  test(`${name} offers the subprotocols`, async () => {
    server.requests.length = 0;
    const protocols = ['binary'];
    for (const [options, more] of /** @type {const} */ ([
      [{ targetAddressSpace: 'loopback' }, {}],
      [{}, { targetAddressSpace: 'loopback' }],
    ])) {
      const transport = relay(server.template, { WebSocket: Class, protocols, ...options });
      await shut(await open(echo.url, { transport, ...more }));
    }
    assert.deepEqual(
      server.requests.map((request) => request.protocols),
      ['binary', 'binary'],
    );
  });
}

test('whether a class reads an option bag is found out without a connection', async () => {
  server.requests.length = 0;
  const urls = [];
  const { Class } = recording(true);
  const Counting = class extends Class {
    constructor(url, second) {
      urls.push(url);
      super(url, second);
    }
  };
  const transport = relay(server.template, { WebSocket: /** @type {any} */ (Counting) });
  await shut(await open(echo.url, { transport, targetAddressSpace: 'loopback' }));
  assert.equal(server.requests.length, 1);
  const others = urls.filter((url) => !URL.canParse(url));
  assert.equal(urls.length - others.length, 1);
  assert.ok(others.length > 0);
});

test('over wisp() only sockets with the same address space share a carrier', async (t) => {
  const proxy = await proxied(t);
  const { Class } = recording(true);
  const options = { WebSocket: Class };
  const without = wisp(proxy.url, options);
  const local = wisp(proxy.url, { ...options, targetAddressSpace: 'local' });
  const sockets = [];
  /** Opens a socket, and compares how many carriers there are then. */
  const opened = async (transport, targetAddressSpace, carriers) => {
    sockets.push(await open(echo.url, { transport, targetAddressSpace }));
    assert.equal(proxy.open, carriers);
  };
  await opened(without, undefined, 1);
  await opened(without, 'local', 2);
  await opened(local, undefined, 2);
  await opened(local, 'local', 2);
  await opened(wisp(proxy.url, options), 'local', 2);
  await opened(local, 'loopback', 3);
  await opened(without, 'loopback', 3);
  await opened(without, undefined, 3);
  for (const socket of sockets) await shut(socket);
  await until(() => proxy.open === 0);
});

test('likewise where a function names the relay', async (t) => {
  const proxy = await proxied(t);
  const { Class, seconds } = recording(true);
  const transport = wisp(() => proxy.url, { WebSocket: Class });
  const sockets = [];
  for (const targetAddressSpace of /** @type {const} */ ([
    'local',
    'local',
    'public',
    undefined,
    'public',
    undefined,
  ])) {
    sockets.push(await open(echo.url, { transport, targetAddressSpace }));
  }
  assert.equal(proxy.open, 3);
  const spaces = new Set(seconds.map((second) => second.targetAddressSpace));
  assert.deepEqual([...spaces], ['local', 'public', undefined]);
  for (const socket of sockets) await shut(socket);
  await until(() => proxy.open === 0);
});
