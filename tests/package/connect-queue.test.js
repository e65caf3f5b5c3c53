// RFC 6455 4.1, "establish a WebSocket connection", step 2: one connection attempt at a time for each host and port, and the
// option maxConnecting, which allows more.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { configure, connectionOf, native, tcp, tls, WebSocket, wisp } from 'websocket-wasm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { startRelay } from '../../scripts/servers.js';
import { moduleArgs, runNode } from '../support/process.js';
import { acceptance, startRaw, startRawTls } from '../support/servers/raw.js';
import { next } from './support/sockets.js';

/** The entry of pages, whose core is loaded later. */
const WEB = new URL('node_modules/websocket-wasm/dist/web.js', import.meta.url).href;

/** A transport whose attempts the test ends. */
function manual() {
  const attempts = [];
  const transport = ({ hostname, port }) =>
    new Promise((_, reject) => {
      attempts.push({ host: `${hostname}:${port}`, fail: () => reject(new Error('refused')) });
    });
  return { transport, hosts: () => attempts.map(({ host }) => host), attempts };
}

test('the next attempt to a host starts when the one before it failed, in order', async () => {
  const { transport, hosts, attempts } = manual();
  const sockets = ['a', 'a', 'b', 'a'].map((host) => new WebSocket(`ws://${host}.test/`, { transport }));
  await turn();
  assert.deepEqual(hosts(), ['a.test:80', 'b.test:80'], 'another host does not wait');
  for (const [index, socket] of [sockets[0], sockets[2], sockets[1], sockets[3]].entries()) {
    attempts[index].fail();
    await once(socket, 'close');
    await turn();
  }
  assert.deepEqual(hosts(), ['a.test:80', 'b.test:80', 'a.test:80', 'a.test:80']);
});

test('another port, and another transport, do not wait', async () => {
  const [one, two] = [manual(), manual()];
  new WebSocket('ws://a.test/', { transport: one.transport });
  new WebSocket('ws://a.test:8080/', { transport: one.transport });
  new WebSocket('ws://a.test/', { transport: two.transport });
  await turn();
  assert.deepEqual(one.hosts(), ['a.test:80', 'a.test:8080']);
  assert.deepEqual(two.hosts(), ['a.test:80']);
  for (const { fail } of [...one.attempts, ...two.attempts]) fail();
});

test('closing a waiting socket starts no other one', async () => {
  const { transport, hosts, attempts } = manual();
  const [, waiting, last] = Array.from({ length: 3 }, () => new WebSocket('ws://a.test/', { transport }));
  await turn();
  waiting.close();
  await once(waiting, 'close');
  await turn();
  assert.equal(hosts().length, 1);
  attempts[0].fail();
  await turn();
  await turn();
  assert.equal(hosts().length, 2);
  attempts[1].fail();
  await once(last, 'close');
});

test('sockets that are closed at once while they wait are not connected', async () => {
  for (const maxConnecting of [1, 2]) {
    const { transport, hosts } = manual();
    const aborting = new AbortController();
    const options = [{}, {}, {}, { signal: aborting.signal }, {}];
    const sockets = options.map((option) => new WebSocket('ws://a.test/', { transport, maxConnecting, ...option }));
    const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
    await turn();
    aborting.abort();
    for (const socket of sockets) socket.close();
    await closed;
    await turn();
    assert.equal(hosts().length, maxConnecting);
  }
});

test('up to maxConnecting attempts to a host are under way, and they begin in order', async () => {
  const { transport, attempts } = manual();
  const options = { transport, maxConnecting: 3 };
  const sockets = Array.from({ length: 8 }, () => new WebSocket('ws://a.test/', options));
  const ended = [];
  for (const [index, socket] of sockets.entries()) socket.addEventListener('close', () => ended.push(index));
  await turn();
  assert.equal(attempts.length, 3);
  for (const [fails, begun] of [
    [1, 4],
    [0, 5],
    [4, 6],
    [2, 7],
  ]) {
    attempts[fails].fail();
    await once(sockets[fails], 'close');
    await turn();
    assert.equal(attempts.length, begun);
  }
  assert.deepEqual(ended, [1, 0, 4, 2], 'the attempts are those of the sockets in order');
  for (const { fail } of attempts) fail();
  await once(sockets[3], 'close');
  await turn();
  attempts[7].fail();
  await once(sockets[7], 'close');
});

test('an attempt waits by its own maxConnecting, and none overtakes one that waits', async () => {
  const { transport, attempts } = manual();
  const limits = [4, 4, 1, Number.POSITIVE_INFINITY];
  const sockets = limits.map((maxConnecting) => new WebSocket('ws://a.test/', { transport, maxConnecting }));
  await turn();
  assert.equal(attempts.length, 2, 'the third waits until no other is under way');
  attempts[0].fail();
  await once(sockets[0], 'close');
  await turn();
  assert.equal(attempts.length, 2);
  attempts[1].fail();
  await once(sockets[1], 'close');
  await turn();
  assert.equal(attempts.length, 4, 'and the fourth does not wait for the third');
  const [, , third, fourth] = sockets;
  for (const { fail } of attempts) fail();
  await Promise.all([third, fourth].map((socket) => once(socket, 'close')));
});

test('closing the first of those that wait lets the next one begin', async () => {
  const { transport, attempts } = manual();
  const make = (maxConnecting) => new WebSocket('ws://a.test/', { transport, maxConnecting });
  const sockets = [make(1), make(1), make(2)];
  await turn();
  assert.equal(attempts.length, 1);
  sockets[1].close();
  await once(sockets[1], 'close');
  await turn();
  assert.equal(attempts.length, 2);
  for (const { fail } of attempts) fail();
  await Promise.all([sockets[0], sockets[2]].map((socket) => once(socket, 'close')));
});

/** Answers that are held back until `count` requests have arrived: fewer attempts at a time would hang. */
function together(count) {
  const held = [];
  return (socket, request) => {
    held.push(() => socket.write(acceptance(request)));
    if (held.length === count) for (const answer of held) answer();
  };
}

/** Opens sockets at once, and closes them. */
async function openAndShut(count, make) {
  const sockets = Array.from({ length: count }, make);
  await Promise.all(sockets.map((socket) => next(socket, 'open')));
  for (const socket of sockets) socket.close();
}

test('a hundred sockets connect to one server at the same time', async () => {
  const server = await startRaw(together(100));
  try {
    const options = { maxConnecting: 100, perMessageDeflate: false, closeTimeout: 1 };
    await openAndShut(100, () => new WebSocket(server.url, options));
  } finally {
    await server.close();
  }
});

test('so they do through a relay', async () => {
  const server = await startRaw(together(10));
  const relay = await startRelay({ targets: [server.port] });
  try {
    const transport = wisp(relay.url, { WebSocket });
    await openAndShut(10, () => new WebSocket(server.url, { transport, maxConnecting: 10, closeTimeout: 1 }));
  } finally {
    await relay.close();
    await server.close();
  }
});

test('and through tls(), also with options of TLS of their own', async () => {
  const server = await startRawTls(together(6));
  try {
    const transport = tls(tcp, { ca: await readFile(new URL('../support/servers/tls/ca.crt', import.meta.url)) });
    const make = (options) => new WebSocket(server.url, { transport, maxConnecting: 6, closeTimeout: 1, ...options });
    let made = 0;
    await openAndShut(6, () => {
      made += 1;
      return make(made % 2 ? { tls: {} } : {});
    });
  } finally {
    await server.close();
  }
});

test('a WebSocketStream takes maxConnecting, too', async () => {
  const server = await startRaw(together(5));
  try {
    const streams = Array.from(
      { length: 5 },
      () => new WebSocketStream(server.url, { maxConnecting: 5, closeTimeout: 1 }),
    );
    await Promise.all(streams.map(({ opened }) => opened));
    for (const stream of streams) {
      stream.closed.catch(() => {});
      stream.close();
    }
  } finally {
    await server.close();
  }
});

test('configure() sets the default, also while native is the default transport', async () => {
  const { transport, attempts } = manual();
  const sockets = [];
  const make = (url, options) => sockets.push(new WebSocket(url, { transport, ...options }));
  configure({ maxConnecting: 2 });
  try {
    for (let i = 0; i < 4; i += 1) make('ws://a.test/');
    await turn();
    assert.equal(attempts.length, 2);
    for (let i = 0; i < 2; i += 1) make('ws://b.test/', { maxConnecting: 1 });
    await turn();
    assert.equal(attempts.length, 3, 'an option overrides it');
    configure({ maxConnecting: 3, transport: native });
    // In Node there may be no class for it.
    const refusal = thrownBy(() => new WebSocket('ws://a.test/').close());
    assert.notEqual(refusal?.name, 'TypeError');
  } finally {
    configure({ maxConnecting: 1, transport: tcp });
    for (const socket of sockets) socket.close();
  }
});

function thrownBy(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('maxConnecting is an integer of at least 1, or Infinity', async () => {
  const { transport, attempts } = manual();
  const sockets = [];
  for (const value of [0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 'x', null, {}, -0]) {
    const message = new RegExp(`^The option 'maxConnecting' must be .*, not ${+value}\\.$`);
    const maxConnecting = /** @type {any} */ (value);
    assert.throws(() => new WebSocket('ws://a.test/', { transport, maxConnecting }), { name: 'TypeError', message });
    assert.throws(() => configure({ maxConnecting, transport: native }), { name: 'TypeError', message });
  }
  assert.throws(() => configure({ maxConnecting: 7, transport: /** @type {any} */ ('tcp') }), TypeError);
  for (const value of ['2', { valueOf: () => 2 }]) {
    for (let i = 0; i < 3; i += 1) {
      const maxConnecting = /** @type {any} */ (value);
      sockets.push(new WebSocket('ws://a.test/', { transport, maxConnecting }));
    }
  }
  await turn();
  assert.equal(attempts.length, 2);
  for (let i = 0; i < 3; i += 1) sockets.push(new WebSocket('ws://b.test/', { transport }));
  await turn();
  assert.equal(attempts.length, 3, 'nothing was configured by a call that threw');
  for (const socket of sockets) socket.close();
});

test('over native, maxConnecting is a TypeError', () => {
  assert.throws(() => new WebSocket('ws://a.test/', { transport: native, maxConnecting: 2 }), {
    name: 'TypeError',
    message: /'native' can't honour maxConnecting/,
  });
});

test('a hung attempt holds the others until it is closed or aborted, or its own timeout ends it', async () => {
  const { transport, attempts } = manual();
  const aborting = new AbortController();
  const hung = [{}, { signal: aborting.signal }, { handshakeTimeout: 100 }].map(
    (options) => new WebSocket('ws://a.test/', { transport, ...options }),
  );
  // Its own timeout begins with its attempt: it would otherwise end before the one that it waits for.
  const last = new WebSocket('ws://a.test/', { transport, handshakeTimeout: 50 });
  const ended = [];
  for (const [index, socket] of [...hung, last].entries()) socket.addEventListener('close', () => ended.push(index));
  await turn();
  assert.equal(attempts.length, 1);
  hung[0].close();
  await once(hung[0], 'close');
  await turn();
  assert.equal(attempts.length, 2);
  aborting.abort();
  await once(hung[1], 'close');
  await turn();
  assert.equal(attempts.length, 3);
  await once(last, 'close');
  assert.equal(attempts.length, 4);
  assert.deepEqual(ended, [0, 1, 2, 3]);
  assert.equal(connectionOf(last).failure?.code, 'handshake-timeout');
});

test('sockets that were made before the core was loaded follow the same order', async () => {
  const program = `
    import { readFile } from 'node:fs/promises';
    let load;
    const loading = new Promise((resolve) => { load = resolve; });
    globalThis.fetch = async (url) => {
      await loading;
      return new Response(await readFile(new URL(url)), { headers: { 'content-type': 'application/wasm' } });
    };
    const { configure, ready, WebSocket } = await import(${JSON.stringify(WEB)});
    configure({ maxConnecting: 2 });
    const hosts = [];
    const transport = ({ hostname }) => new Promise(() => hosts.push(hostname));
    for (let i = 0; i < 4; i += 1) new WebSocket('ws://a/', { transport });
    for (let i = 0; i < 4; i += 1) new WebSocket('ws://b/', { transport, maxConnecting: 3 });
    configure({ maxConnecting: 1 });
    load();
    await ready;
    setImmediate(() => process.stdout.write(JSON.stringify(hosts), () => process.exit()));`;
  const { status, output } = await runNode(moduleArgs(program), import.meta.dirname);
  assert.equal(status, 0, output);
  assert.deepEqual(JSON.parse(output), ['a', 'a', 'b', 'b', 'b']);
});
