// Relays that vanish; how many carriers there are, and for how long.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { connectionOf, WebSocket, wisp } from 'websocket-wasm';
import { acceptance, startRaw } from '../support/servers/raw.js';
import { CONTINUE, packet } from '../support/servers/relay.js';
import { echoed, next, open, pause, shut, story, until } from './support/sockets.js';
import { echo, failureOf, mute, proxied, relay, scripted } from './support/wisp.js';

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
  await shut(old);
  await shut(socket);
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
  await shut(old);
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
  await shut(await open(echo.url, { transport, handshakeTimeout: 3_000 }));
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
    await shut(new WebSocket(echo.url, { transport }));
    assert.equal(await echoed(other, `${tries}`), `${tries}`);
  }
  const attempt = story(mute.url, { transport, handshakeTimeout: 200 });
  await pause(50);
  assert.equal(await echoed(other, 'the relay is alive'), 'the relay is alive');
  assert.match(`${(await attempt).failure}`, /took too long/);
  await shut(await open(echo.url, { transport }));
  assert.equal(proxy.connections, 1);
  await shut(other);
});

test('a relay and a class have one carrier, which closes with the last socket', async (t) => {
  const proxy = await proxied(t);
  const sockets = [];
  for (let i = 0; i < 5; i += 1) {
    sockets.push(await open(echo.url, { transport: wisp(i < 3 ? proxy.url : new URL(proxy.url), { WebSocket }) }));
  }
  assert.equal(proxy.connections, 1);
  const elsewhere = await open(echo.url, { transport: wisp(proxy.url, { WebSocket: class extends WebSocket {} }) });
  assert.equal(proxy.connections, 2, 'another class has another carrier');
  for (const socket of sockets) await shut(socket);
  await until(() => proxy.open === 1);
  await shut(elsewhere);
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
  await shut(second);
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
