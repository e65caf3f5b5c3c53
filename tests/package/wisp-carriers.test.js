// The carriers of the Wisp transport: when a new one is opened, how many there are, and when they close.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectionOf, WebSocket, wisp } from 'websocket-wasm';
import { moduleArgs, runNode } from '../support/process.js';
import { frame } from '../support/servers/frame.js';
import { startAccepting } from '../support/servers/raw.js';
import { CONTINUE, packet } from '../support/servers/relay.js';
import { echoed, next, open, pause, shut, story, until } from './support/sockets.js';
import { echo, failureOf, mute, proxied, relay, scripted } from './support/wisp.js';

test('if the relay vanishes without a FIN, attempts use new carriers until one works', async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const old = await open(echo.url, { transport });
  proxy.silence();
  // Reconnects on close, as most programs do.
  const failures = [];
  await new Promise((resolve) => {
    const connect = () => {
      const socket = new WebSocket(echo.url, { transport, handshakeTimeout: 100 });
      socket.onclose = () => (failures.push(connectionOf(socket).failure.code) < 4 ? connect() : resolve(undefined));
    };
    connect();
  });
  for (const failure of failures) assert.equal(failure, 'handshake-timeout');
  // The last one may have been given up before the proxy accepted it.
  await until(() => proxy.connections >= 4);
  assert.equal(proxy.connections, 4, 'a new carrier for each attempt');
  assert.equal(old.readyState, WebSocket.OPEN);
  proxy.heal();
  const socket = await open(echo.url, { transport, handshakeTimeout: 30_000 });
  assert.equal(await echoed(socket, 'over the new carrier'), 'over the new carrier');
  // Only the path to the relay was interrupted: open sockets continue.
  proxy.resume();
  assert.equal(await echoed(old, 'over the old one'), 'over the old one');
  await shut(old);
  await shut(socket);
  await until(() => proxy.open === 0);
});

test('attempts abandon a dead carrier even if each has a very short timeout', async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const old = await open(echo.url, { transport });
  proxy.silence();
  for (let tries = 0; tries < 12; tries += 1) await story(echo.url, { transport, handshakeTimeout: 10 });
  proxy.heal();
  // The first attempt may still use a carrier that isn't known to be dead yet; later ones may not.
  const ends = [];
  for (let tries = 0; tries < 2; tries += 1) {
    const socket = new WebSocket(echo.url, { transport, handshakeTimeout: tries === 0 ? 2_000 : 30_000 });
    socket.onopen = () => socket.close();
    ends.push((await next(socket, 'close')).code);
  }
  assert.equal(ends.at(-1), 1005);
  proxy.resume();
  await shut(old);
});

test('each attempt opens a new carrier if the last one never opened', async (t) => {
  const proxy = await proxied(t);
  proxy.silence();
  const transport = wisp(proxy.url, { WebSocket });
  for (let tries = 0; tries < 3; tries += 1) {
    const { failure } = await story(echo.url, { transport, handshakeTimeout: 100 });
    assert.equal(failure.code, 'handshake-timeout');
  }
  await until(() => proxy.connections >= 3);
  assert.equal(proxy.connections, 3);
  await until(() => proxy.open === 0);
  proxy.heal();
  await shut(await open(echo.url, { transport, handshakeTimeout: 30_000 }));
});

test('a working carrier is kept if a socket is closed while connecting, and if a host does not answer', async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const other = await open(echo.url, { transport });
  for (let tries = 0; tries < 5; tries += 1) {
    await shut(new WebSocket(echo.url, { transport }));
    assert.equal(await echoed(other, `${tries}`), `${tries}`);
  }
  // While the attempt waits, the relay answers.
  const attempt = story(mute.url, { transport, handshakeTimeout: 2_000 });
  await pause(50);
  assert.equal(await echoed(other, 'the relay is alive'), 'the relay is alive');
  assert.equal((await attempt).failure.code, 'handshake-timeout');
  await shut(await open(echo.url, { transport }));
  assert.equal(proxy.connections, 1);
  await shut(other);
});

test('sockets share one carrier for each relay and class, which closes with the last of them', async (t) => {
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

test('a socket opened in the close handler of another uses the same carrier', async (t) => {
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

/** Runs a program that prints a line on its last socket's close; fails if it doesn't exit on its own. */
async function exits(script) {
  assert.deepEqual(await runNode(moduleArgs(script), import.meta.dirname), { status: 0, output: '\n' });
}

/** The classes that a program may use for its carrier: an expression, and the imports for it. */
const classes = {
  'this class over tcp': ['WebSocket', ''],
  "npm's ws": ['Ws', "import { WebSocket as Ws } from 'ws';"],
};
if ('WebSocket' in globalThis) classes["the platform's class"] = ['globalThis.WebSocket', ''];

for (const [name, [Class, imports]] of Object.entries(classes)) {
  test(`${name}: a process exits after its last socket closes`, async () => {
    await exits(`
      import { WebSocket, wisp } from 'websocket-wasm'; ${imports}
      let open = 5;
      for (let i = 0; i < 5; i += 1) {
        const socket = new WebSocket('${echo.url}', { transport: wisp('${relay.url}', { WebSocket: ${Class} }) });
        socket.onopen = () => socket.send('x');
        socket.onmessage = () => socket.close();
        socket.onclose = ({ code }) => { if (code !== 1005) throw new Error(code); if (--open === 0) console.log(); };
      }`);
  });
}

test("npm's ws: a process exits although its relay doesn't answer the Close frame", async (t) => {
  const server = await startAccepting((socket) => {
    socket.write(frame(0x82, packet(CONTINUE, 0, 1, 0, 0, 0)));
    socket.on('data', () => {});
  });
  t.after(() => server.close());
  await exits(`
    import { WebSocket, wisp } from 'websocket-wasm';
    import { WebSocket as Ws } from 'ws';
    const transport = wisp('${server.url}', { WebSocket: Ws });
    const socket = new WebSocket('${echo.url}', { transport, handshakeTimeout: 300 });
    socket.onclose = () => console.log();`);
});

test("a carrier is suspect when an open socket's own timeout fires, and the streams on it go on", async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const old = await open(echo.url, { transport });
  const closing = await open(echo.url, { transport, closeTimeout: 200 });
  assert.equal(proxy.connections, 1);
  proxy.silence();
  closing.close();
  assert.equal((await next(closing, 'close')).code, 1006);
  assert.equal(connectionOf(closing).failure?.code, 'close-timeout');
  proxy.heal();
  // The first attempt already uses another carrier.
  const socket = await open(echo.url, { transport, handshakeTimeout: 30_000 });
  assert.equal(proxy.connections, 2);
  assert.equal(old.readyState, WebSocket.OPEN);
  proxy.resume();
  assert.equal(await echoed(old, 'still there'), 'still there');
  await shut(old);
  await until(() => proxy.open === 1);
  await shut(socket);
});

test('what is received refutes a suspicion', async (t) => {
  const proxy = await proxied(t);
  const transport = wisp(proxy.url, { WebSocket });
  const old = await open(echo.url, { transport });
  proxy.silence();
  await story(echo.url, { transport, handshakeTimeout: 100 });
  const message = next(old, 'message');
  old.send('on its way');
  proxy.heal();
  proxy.resume();
  await message;
  const socket = await open(echo.url, { transport });
  assert.equal(proxy.connections, 1);
  await shut(socket);
  await shut(old);
});

// At the same time: they wait for limits of seconds, which can't be set.
describe('by their own limits', { concurrency: true }, () => {
  test('a carrier that never opens, or gets no first CONTINUE, fails by a timeout of its own', async (t) => {
    const proxy = await proxied(t);
    proxy.silence();
    const without = await scripted(t, () => {}, { accepts: false });
    const failures = [proxy, without].map(({ url }) => failureOf(wisp(url, { WebSocket })));
    await until(() => proxy.open === 1 && without.open === 1);
    failures.push(failureOf(wisp(() => new Promise(() => {}), { WebSocket })));
    const errors = await Promise.all(failures);
    for (const { code } of errors) assert.equal(code, 'relay-timeout');
    assert.deepEqual(
      errors.map(({ message }) => message),
      [`The relay ${proxy.url}`, `The relay ${without.url}`, 'The relay'].map(
        (named) => `${named} accepted no streams within 10 s.`,
      ),
    );
    await until(() => proxy.open === 0 && without.open === 0);
  });

  test('a carrier is suspect when no credit comes for what is sent on it', async (t) => {
    const proxy = await proxied(t);
    const transport = wisp(proxy.url, { WebSocket });
    const old = await open(echo.url, { transport });
    proxy.silence();
    // More packets than the relay allows at once.
    for (let i = 0; i < 150; i += 1) {
      old.send('x');
      await pause();
    }
    await pause(6_000);
    proxy.heal();
    const socket = await open(echo.url, { transport, handshakeTimeout: 30_000 });
    assert.equal(proxy.connections, 2);
    assert.equal(old.readyState, WebSocket.OPEN);
    proxy.resume();
    await until(() => old.bufferedAmount === 0);
    await shut(old);
    await shut(socket);
  });
});
