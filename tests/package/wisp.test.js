// The Wisp transport: its relay's URL, its carriers, and what relays do to them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { after, before, test } from 'node:test';
import { connectionOf, WebSocket, wisp } from 'websocket-wasm';
import { WebSocket as Ws } from 'ws';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { startProxy } from '../servers/proxy.js';
import { acceptance, startRaw } from '../servers/raw.js';
import { CLOSE, CONNECT, CONTINUE, DATA, packet, startScripted, startSmallRelay } from '../servers/relay.js';
import { FAILED, next, open, story } from './support.js';

let echo;
/** A server that accepts connections and never answers. */
let mute;
let relay;
before(async () => {
  echo = await startEcho();
  mute = await startRaw(() => {});
  relay = await startRelay({ targets: [echo.port, mute.port] });
});
after(async () => {
  for (const running of [relay, mute, echo]) await running.close();
});

/** A proxy in front of the relay, which ends with the test. */
async function proxied(t) {
  const proxy = await startProxy(relay.port);
  t.after(() => proxy.close());
  return proxy;
}

/** A scripted relay, which ends with the test. */
async function scripted(t, ...args) {
  const running = await startScripted(.../** @type {[any]} */ (args));
  t.after(() => running.close());
  return running;
}

async function closed(socket) {
  socket.close();
  await next(socket, 'close');
}

/** What a server said to that. */
async function echoed(socket, data) {
  socket.send(data);
  return (await next(socket, 'message')).data;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until that holds; the test's time limit ends it. */
async function until(holds) {
  while (!holds()) await pause(10);
}

/** What a socket asks of a transport. */
function target({ port = echo.port, secure = false, signal = new AbortController().signal } = {}) {
  return { hostname: '127.0.0.1', port, secure, url: `ws${secure ? 's' : ''}://127.0.0.1:${port}/`, signal };
}

/**
 * What a transport gives.
 * @returns {Promise<import('websocket-wasm').Link>}
 */
async function connect(transport, to = target()) {
  return transport(to);
}

/** The error with which a transport fails, when it connects or later. */
async function failureOf(transport, to = target()) {
  try {
    const link = await connect(transport, to);
    return await new Promise((resolve, reject) => {
      link.open({ data: () => {}, end: () => reject(new Error('it just ended')), fail: resolve });
    });
  } catch (error) {
    return error;
  }
}

// The relay's URL.

const refused = [
  [undefined, /undefined/],
  [null, /null/],
  [{}, /\[object Object\]/],
  [7, /7/],
  [Symbol('relay'), /Symbol\(relay\)/],
  [Object.create(null), /\[object Object\]/],
  [{ toString: () => 'ws://relay.example/' }, /\[object Object\]/],
  [new String('ws://relay.example/'), /\[object String\]/],
  ['', /''/],
  ['nonsense', /'nonsense'/],
  ['/wisp/', /'\/wisp\/'/],
  ['ftp://relay.example/', /'ftp:\/\/relay\.example\/'/],
  ['ws://', /'ws:\/\/'/],
  ['ws://relay.example/#part', /#part'/],
  ['ws://relay.example/#', /example\/#'/],
  [new URL('file:///wisp/'), /'file:\/\/\/wisp\/'/],
];
for (const [value, named] of refused) {
  test(`wisp(${typeof value === 'string' ? `'${value}'` : named.source}) is refused at the call`, () => {
    const names = (error) => error instanceof TypeError && named.test(error.message);
    assert.throws(() => wisp(/** @type {any} */ (value), { WebSocket }), names);
  });
}

test('the relay is reached by ws: or wss:, whichever scheme of the four its URL has', async () => {
  const seen = [];
  class Noting extends WebSocket {
    constructor(url) {
      super(url);
      seen.push(url);
    }
  }
  const { host } = new URL(mute.url);
  for (const url of [`ws://${host}/a`, `http://${host}/b/`, `wss://${host}/c/`, new URL(`https://${host}/d/`)]) {
    await story(echo.url, { transport: wisp(url, { WebSocket: Noting }), handshakeTimeout: 50 });
  }
  assert.deepEqual(seen, [`ws://${host}/a`, `ws://${host}/b/`, `wss://${host}/c/`, `wss://${host}/d/`]);
});

test('an option of Object.prototype is none of wisp(), and a class must be one', () => {
  Object.defineProperty(Object.prototype, 'WebSocket', { value: WebSocket, configurable: true });
  try {
    if (!('WebSocket' in globalThis)) assert.throws(() => wisp('ws://relay.example/'), /no WebSocket class/);
  } finally {
    delete (/** @type {any} */ (Object.prototype).WebSocket);
  }
  assert.throws(() => wisp('ws://relay.example/', { WebSocket: /** @type {any} */ ('ws') }), TypeError);
});

// Packets.

test('a relay that takes messages of 64 KiB carries larger ones', async (t) => {
  const small = await startSmallRelay();
  t.after(() => small.close());
  for (const Class of [WebSocket, Ws]) {
    const transport = wisp(small.url, { WebSocket: /** @type {any} */ (Class) });
    const socket = await open(echo.url, { transport, perMessageDeflate: false });
    for (const length of [65_530, 65_536, 5 * 1024 * 1024]) {
      const bytes = new Uint8Array(length).map((_, i) => i * 31);
      assert.deepEqual(new Uint8Array(await echoed(socket, bytes)), bytes, `${length}`);
    }
    await closed(socket);
  }
});

test('packets that mean nothing change nothing', async (t) => {
  const noise = [
    Buffer.alloc(0),
    Buffer.from([DATA, 1, 0]),
    packet(CONTINUE, 0, 1),
    packet(CONTINUE, 1, 1, 0, 0),
    packet(DATA, 77, 1, 2, 3),
    packet(CONTINUE, 77, 1, 0, 0, 0),
    packet(CLOSE, 77, 2),
    packet(DATA, 0, 1),
    packet(5, 0, 2, 0),
    packet(0xff, 1),
    packet(CONNECT, 1, 1),
  ];
  const running = await scripted(t, (carrier, { type, id, payload }) => {
    if (type === CLOSE) return;
    carrier.send('text');
    for (const bytes of noise) carrier.send(bytes);
    if (type === DATA) carrier.send(packet(DATA, id, ...payload));
  });
  const link = await connect(wisp(running.url, { WebSocket }));
  const received = [];
  const end = new Promise((resolve) => {
    link.open({ data: (chunk) => received.push(...chunk), end: () => resolve('end'), fail: resolve });
  });
  for (let i = 1; i < 5; i += 1) {
    await new Promise((left) => link.write(Uint8Array.of(i), () => left(undefined)));
    await until(() => received.length === i);
  }
  assert.deepEqual(received, [1, 2, 3, 4]);
  link.end();
  assert.equal(await end, 'end', 'CLOSE ends both directions');
});

/** @type {[number | undefined, string, RegExp][]} */
const reasons = [
  [0x01, 'relay-closed', /unknown reason/],
  [0x03, 'relay-closed', /network error/],
  [0x41, 'relay-closed', /request is invalid/],
  [0x42, 'host-unreachable', /host is unreachable/],
  [0x43, 'connect-timeout', /took too long/],
  [0x44, 'connect-refused', /refused/],
  [0x47, 'relay-closed', /silent for too long/],
  [0x48, 'relay-blocked', /does not allow/],
  [0x49, 'relay-throttled', /limits/],
  [0x99, 'relay-closed', /0x99/],
  [undefined, 'relay-closed', /unknown reason/],
];
test("the reasons of the relay's CLOSE", async (t) => {
  let reason;
  const running = await scripted(t, (carrier, { type, id }) => {
    if (type === CONNECT) carrier.send(packet(CLOSE, id, ...(reason === undefined ? [] : [reason])));
  });
  for (const [value, code, message] of reasons) {
    reason = value;
    const error = await failureOf(wisp(running.url, { WebSocket }));
    assert.equal(error.name, 'TransportError');
    assert.equal(error.code, code, `${value}`);
    assert.match(error.message, message);
    assert.match(error.message, /relay closed the connection/);
  }
});

test('CLOSE for the carrier itself: it takes no more streams, and those that are open go on', async (t) => {
  let carriers = 0;
  const running = await scripted(t, (carrier, { type, id, payload }) => {
    if (type === CONNECT && id === 1) carriers += 1;
    if (type === DATA) carrier.send(packet(CLOSE, 0, 0x49));
    if (type === DATA) carrier.send(packet(DATA, id, ...payload));
  });
  const transport = wisp(running.url, { WebSocket });
  const link = await connect(transport);
  const received = [];
  const failed = new Promise((fail) => {
    link.open({ data: (chunk) => received.push(...chunk), end: () => {}, fail });
  });
  link.write(Uint8Array.of(1), () => {});
  await until(() => received.length === 1);
  (await connect(transport)).destroy();
  await until(() => carriers === 2);
  link.write(Uint8Array.of(2), () => {});
  await until(() => received.length === 2);
  await running.close();
  assert.equal(/** @type {any} */ (await failed).code, 'relay-throttled');
});

test('CLOSE for the carrier itself instead of the first CONTINUE: the reason is reported at once', async (t) => {
  const server = await startRaw((socket, request) => {
    socket.write(acceptance(request));
    socket.write(Buffer.from([0x82, 6, ...packet(CLOSE, 0, 0x48)]));
  });
  t.after(() => server.close());
  assert.equal((await failureOf(wisp(server.url, { WebSocket }))).code, 'relay-blocked');
});

// How it fails.

test('the relay is unreachable', async () => {
  const server = await startRaw(() => {});
  await server.close();
  for (const Class of [WebSocket, Ws]) {
    const error = await failureOf(wisp(server.url, { WebSocket: /** @type {any} */ (Class) }));
    assert.equal(error.code, 'relay-unreachable');
    assert.match(error.message, /^The relay ws:\/\/127\.0\.0\.1:\d+\/ can't be reached\.$/);
    if (Class === Ws) assert.equal(error.cause.code, 'ECONNREFUSED');
  }
});

test('the relay closes the carrier', async (t) => {
  const running = await scripted(t, (carrier) => carrier.close(4321));
  const error = await failureOf(wisp(running.url, { WebSocket }));
  assert.equal(error.code, 'relay-unreachable');
  assert.match(error.message, /closed its connection \(code 4321\)/);
});

test('a class whose constructor throws, and one that is none: the next attempt constructs anew', async () => {
  let broken = true;
  class Broken extends WebSocket {
    constructor(url) {
      super(broken ? 'ws://' : url);
    }
  }
  const transport = wisp(relay.url, { WebSocket: Broken });
  const error = await failureOf(transport);
  assert.equal(error.code, 'relay-unreachable');
  assert.equal(error.cause.name, 'SyntaxError');
  broken = false;
  await closed(await open(echo.url, { transport }));
  const none = await failureOf(wisp(relay.url, { WebSocket: /** @type {any} */ (() => {}) }));
  assert.equal(none.code, 'relay-unreachable');
  assert.ok(none.cause instanceof TypeError);
});

test('a class whose send() throws: its streams fail, and the next attempt has another carrier', async () => {
  let broken = false;
  class Broken extends WebSocket {
    /** @override */
    send(data) {
      if (broken) throw new Error('no more');
      super.send(data);
    }
  }
  const transport = wisp(relay.url, { WebSocket: Broken });
  const socket = await open(echo.url, { transport });
  broken = true;
  socket.send('lost');
  assert.equal((await next(socket, 'close')).code, 1006);
  assert.match(`${connectionOf(socket).failure}`, /can't be written to/);
  assert.equal((await failureOf(transport)).cause.message, 'no more');
  broken = false;
  await closed(await open(echo.url, { transport }));
});

test('a class that delivers Blobs fails, one that delivers views does not', async () => {
  class Blobs extends WebSocket {
    /** @override */
    get binaryType() {
      return super.binaryType;
    }
    /** @override */
    set binaryType(_) {}
  }
  const error = await failureOf(wisp(relay.url, { WebSocket: Blobs }));
  assert.equal(error.code, 'relay-unreachable');
  assert.match(error.message, /doesn't deliver ArrayBuffers/);
  // Its own default is Node's Buffers.
  class Buffers extends Ws {
    constructor(url) {
      super(url);
      Object.defineProperty(this, 'binaryType', { get: () => 'nodebuffer', set() {} });
    }
  }
  const socket = await open(echo.url, { transport: wisp(relay.url, { WebSocket: /** @type {any} */ (Buffers) }) });
  assert.equal(await echoed(socket, 'hello'), 'hello');
  await closed(socket);
});

test('wss: is refused before the relay is asked', async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const error = await failureOf(transport, target({ secure: true }));
  assert.equal(error.code, 'transport-not-encrypted');
  assert.match(error.message, /can't carry wss/);
  const { failure, ...rest } = await story('wss://127.0.0.1/', { transport });
  assert.deepEqual(rest, FAILED);
  assert.match(`${failure}`, /can't carry wss/);
  assert.equal(proxy.connections, 0);
});

test('an abort: before, while connecting, and what stays on the signal', async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const before = await failureOf(transport, target({ signal: AbortSignal.abort() }));
  assert.equal(proxy.connections, 0);
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = () => getEventListeners(signal, 'abort').length;
  const link = await connect(transport, target({ signal }));
  assert.equal(listeners(), 0, 'connected');
  link.destroy();
  await failureOf(wisp('ws://127.0.0.1:1/', { WebSocket }), target({ signal }));
  assert.equal(listeners(), 0, 'failed');
  proxy.silence();
  const during = failureOf(wisp(proxy.url, { WebSocket: class extends WebSocket {} }), target({ signal }));
  controller.abort();
  for (const error of [before, await during]) {
    assert.equal(error.code, 'aborted');
    assert.equal(error.message, 'The connection was aborted.');
  }
  assert.equal(listeners(), 0, 'aborted');
});

test('64 MiB that nobody reads end a connection, and not its neighbour', async (t) => {
  const chunk = Buffer.concat([packet(DATA, 1), Buffer.alloc(1024 * 1024)]);
  const running = await scripted(t, (carrier, { type, id, payload }) => {
    if (type === DATA && id === 1) for (let i = 0; i < 66; i += 1) carrier.send(chunk);
    if (type === DATA && id === 2) carrier.send(packet(DATA, id, ...payload));
  });
  const transport = wisp(running.url, { WebSocket });
  const link = await connect(transport);
  const failed = new Promise((fail) => link.open({ data: () => {}, end: () => {}, fail }));
  link.pause();
  const neighbour = await connect(transport);
  link.write(Uint8Array.of(1), () => {});
  const error = /** @type {any} */ (await failed);
  assert.equal(error.code, 'too-much-unread');
  assert.match(error.message, /64 MiB/);
  const data = new Promise((resolve) => neighbour.open({ data: resolve, end: () => {}, fail: resolve }));
  neighbour.write(Uint8Array.of(9), () => {});
  assert.deepEqual([.../** @type {any} */ (await data)], [9]);
  neighbour.destroy();
});

test('the same before the link is opened: it fails when it is', async (t) => {
  const flood = Buffer.concat([packet(DATA, 1), Buffer.alloc(1024 * 1024)]);
  const running = await scripted(t, (carrier, { type }) => {
    if (type === CONNECT) for (let i = 0; i < 66; i += 1) carrier.send(flood);
    if (type === CLOSE) flooded?.();
  });
  /** @type {((value?: unknown) => void) | undefined} */
  let flooded;
  const over = new Promise((resolve) => {
    flooded = resolve;
  });
  const link = await connect(wisp(running.url, { WebSocket }));
  await over;
  const error = await new Promise((fail) => link.open({ data: () => {}, end: () => {}, fail }));
  assert.equal(/** @type {any} */ (error).code, 'too-much-unread');
});

test('messages that a class delivers in one task are events in tasks of their own', async (t) => {
  const text = (id, letter) => packet(DATA, id, 0x81, 1, letter.charCodeAt(0));
  const running = await scripted(t, (carrier, { type, id, payload }) => {
    if (type !== DATA || !`${payload}`.startsWith('GET')) return;
    carrier.send(packet(DATA, id, ...Buffer.from(acceptance(`${payload}`))));
    setTimeout(() => {
      carrier._socket.cork();
      for (const letter of 'abc') carrier.send(text(id, letter));
      carrier._socket.uncork();
    }, 50);
  });
  const socket = await open(echo.url, { transport: wisp(running.url, { WebSocket: /** @type {any} */ (Ws) }) });
  const seen = [];
  await new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      seen.push(data);
      Promise.resolve().then(() => seen.push('microtask'));
      if (data === 'c') setTimeout(resolve);
    };
  });
  assert.deepEqual(seen, ['a', 'microtask', 'b', 'microtask', 'c', 'microtask']);
  await running.close();
});

// Relays that vanish.

test('the relay vanished without a FIN: attempts move to a new carrier once there is a relay again', async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const old = await open(echo.url, { transport });
  proxy.silence();
  // Retried on `close`, as most programs do.
  const failures = [];
  await new Promise((resolve) => {
    const connect = () => {
      const socket = new WebSocket(echo.url, { transport, handshakeTimeout: 100 });
      socket.onclose = () => (failures.push(`${connectionOf(socket).failure}`) < 4 ? connect() : resolve(undefined));
    };
    connect();
  });
  for (const failure of failures) assert.match(failure, /took too long/);
  assert.equal(proxy.connections, 4, 'a new carrier for each attempt');
  assert.equal(old.readyState, WebSocket.OPEN);
  proxy.heal();
  const socket = await open(echo.url, { transport, handshakeTimeout: 3_000 });
  assert.equal(await echoed(socket, 'over the new carrier'), 'over the new carrier');
  // It was only the way to the relay: what is open goes on.
  proxy.resume();
  assert.equal(await echoed(old, 'over the old one'), 'over the old one');
  await closed(old);
  await closed(socket);
  await until(() => proxy.open === 0);
});

test('attempts that are all very short leave a dead carrier, too', async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const old = await open(echo.url, { transport });
  proxy.silence();
  for (let tries = 0; tries < 12; tries += 1) await story(echo.url, { transport, handshakeTimeout: 10 });
  proxy.heal();
  // The first may still wait on a carrier of which too little is known; it bars that one at the latest.
  const ends = [];
  for (let tries = 0; tries < 2; tries += 1) {
    const socket = new WebSocket(echo.url, { transport, handshakeTimeout: 2_000 });
    socket.onopen = () => socket.close();
    ends.push((await next(socket, 'close')).code);
  }
  assert.equal(ends.at(-1), 1005);
  proxy.resume();
  await closed(old);
});

test('a carrier that never opens: each attempt has a new one', async (t) => {
  const proxy = await proxied(t);
  proxy.silence();
  const transport = wisp(proxy.url, { WebSocket });
  for (let tries = 0; tries < 3; tries += 1) {
    const { failure } = await story(echo.url, { transport, handshakeTimeout: 100 });
    assert.match(`${failure}`, /took too long/);
  }
  assert.equal(proxy.connections, 3);
  await until(() => proxy.open === 0);
  proxy.heal();
  await closed(await open(echo.url, { transport, handshakeTimeout: 3_000 }));
});

test('a carrier that never opens, or has no first CONTINUE, fails by itself', async (t) => {
  const proxy = await proxied(t);
  proxy.silence();
  const without = await scripted(t, () => {}, { accepts: false });
  const failures = [proxy, without].map(({ url }) => failureOf(wisp(url, { WebSocket })));
  await until(() => proxy.open === 1 && without.open === 1);
  for (const error of await Promise.all(failures)) {
    assert.equal(error.code, 'relay-timeout');
    assert.match(error.message, /accepted no streams within 10 s/);
  }
  await until(() => proxy.open === 0 && without.open === 0);
});

test('a good carrier stays when a user gives up at once, and when a host does not answer', async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const other = await open(echo.url, { transport });
  for (let tries = 0; tries < 5; tries += 1) {
    await closed(new WebSocket(echo.url, { transport }));
    assert.equal(await echoed(other, `${tries}`), `${tries}`);
  }
  const attempt = story(mute.url, { transport, handshakeTimeout: 200 });
  await pause(50);
  assert.equal(await echoed(other, 'the relay is alive'), 'the relay is alive');
  assert.match(`${(await attempt).failure}`, /took too long/);
  await closed(await open(echo.url, { transport }));
  assert.equal(proxy.connections, 1);
  await closed(other);
});

// How many carriers there are, and for how long.

test('a relay and a class have one carrier, which closes with the last socket', async (t) => {
  const proxy = await proxied(t);
  const sockets = [];
  for (let i = 0; i < 5; i += 1) {
    sockets.push(await open(echo.url, { transport: wisp(i < 3 ? proxy.url : new URL(proxy.url), { WebSocket }) }));
  }
  assert.equal(proxy.connections, 1);
  const elsewhere = await open(echo.url, { transport: wisp(proxy.url, { WebSocket: class extends WebSocket {} }) });
  assert.equal(proxy.connections, 2, 'another class has another carrier');
  for (const socket of sockets) await closed(socket);
  await until(() => proxy.open === 1);
  await closed(elsewhere);
  await until(() => proxy.open === 0);
});

test("a socket that is opened on another one's close has the same carrier", async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const first = await open(echo.url, { transport });
  first.close();
  const second = await new Promise((resolve) => {
    first.onclose = () => resolve(open(echo.url, { transport }));
  });
  assert.equal(proxy.connections, 1);
  await closed(second);
});

/** Runs a script beside this file; how long it lived after its last socket's close, in milliseconds. */
async function life(script) {
  const child = spawn('node', ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let closed = 0;
  child.stdout.on('data', () => {
    closed = performance.now();
  });
  const status = await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  assert.equal(status, 0);
  assert.ok(closed > 0);
  return performance.now() - closed;
}

/** The classes that a process may have for its carrier: what it evaluates, and the lines before. */
const classes = {
  'this class over tcp': ['WebSocket', ''],
  "npm's ws": ['Ws', "import { WebSocket as Ws } from 'ws';"],
};
if ('WebSocket' in globalThis) classes["the platform's class"] = ['globalThis.WebSocket', ''];

for (const [name, [Class, imports]] of Object.entries(classes)) {
  test(`${name}: a process ends at once after its last socket`, async () => {
    const after = await life(`
      import { WebSocket, wisp } from 'websocket-wasm'; ${imports}
      let open = 5;
      for (let i = 0; i < 5; i += 1) {
        const socket = new WebSocket('${echo.url}', { transport: wisp('${relay.url}', { WebSocket: ${Class} }) });
        socket.onopen = () => socket.send('x');
        socket.onmessage = () => socket.close();
        socket.onclose = ({ code }) => { if (code !== 1005) throw new Error(code); if (--open === 0) console.log(); };
      }`);
    assert.ok(after < 5_000, `${after} ms`);
  });
}

test("npm's ws: a relay that doesn't answer the Close frame holds a process for a bounded time", async (t) => {
  const server = await startRaw((socket, request) => {
    socket.write(acceptance(request));
    socket.write(Buffer.from([0x82, 9, ...packet(CONTINUE, 0, 1, 0, 0, 0)]));
    socket.on('data', () => {});
  });
  t.after(() => server.close());
  const after = await life(`
    import { WebSocket, wisp } from 'websocket-wasm';
    import { WebSocket as Ws } from 'ws';
    const transport = wisp('${server.url}', { WebSocket: Ws });
    const socket = new WebSocket('${echo.url}', { transport, handshakeTimeout: 300 });
    socket.onclose = () => console.log();`);
  assert.ok(after < 10_000, `${after} ms`);
});
