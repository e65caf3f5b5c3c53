// Failures of relay(): each has its code, and nothing hangs.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, before, test } from 'node:test';
import { connectionOf, tcp, WebSocket } from 'websocket-wasm';
import { relay } from 'websocket-wasm/transports';
import { WebSocket as Ws } from 'ws';
import { startStreamRelay } from '../../scripts/stream-relay.js';
import { moduleArgs, runNode } from '../support/process.js';
import { FAILURES, startBadRelay, timeoutFor } from '../support/servers/bad-relay.js';
import { sharedEcho } from '../support/servers/echo.js';
import { echoed, next, open, shut, until } from './support/sockets.js';
import { failureOf, target } from './support/wisp.js';

const echo = sharedEcho();
let bad;
let good;
before(async () => {
  bad = await startBadRelay();
  good = await startStreamRelay();
});
after(async () => {
  await bad.close();
  await good.close();
});

/** This package's class, whatever the default is. */
class Own extends WebSocket {
  constructor(url, protocols) {
    super(url, { protocols, transport: tcp });
  }
}

const CLASSES = { "this package's class": Own, 'npm ws': Ws };

for (const [name, Class] of Object.entries(CLASSES)) {
  for (const [what, code] of Object.entries(FAILURES)) {
    test(`${name}: a relay that does '${what}' fails the connection with ${code}`, async () => {
      const transport = relay(bad.template(what), { WebSocket: /** @type {any} */ (Class) });
      const socket = new WebSocket(echo.url, { transport, handshakeTimeout: timeoutFor(what) });
      const { code: closeCode } = await next(socket, 'close');
      assert.equal(closeCode, 1006);
      const { failure } = connectionOf(socket);
      assert.equal(failure?.code, code);
      assert.doesNotMatch(`${failure}`, /secret/);
      if (code.startsWith('relay-')) assert.match(`${failure}`, new RegExp(bad.origin));
      await until(() => bad.open === 0);
    });
  }

  test(`${name}: an unreachable relay is an error that names it`, async () => {
    const transport = relay('ws://127.0.0.1:1/secret/{hostname}:{port}', { WebSocket: /** @type {any} */ (Class) });
    const error = await failureOf(transport);
    assert.equal(error.code, 'relay-unreachable');
    assert.equal(error.message, "The relay ws://127.0.0.1:1/ can't be reached.");
    if (Class === Ws) assert.equal(error.cause.code, 'ECONNREFUSED');
  });

  test(`${name}: a relay that floods fails the connection, and is left`, async () => {
    const transport = relay(bad.template('flood'), { WebSocket: /** @type {any} */ (Class) });
    const link = /** @type {any} */ (await transport(target()));
    const failed = new Promise((resolve) => link.open({ data: () => {}, end: resolve, fail: resolve }));
    link.pause();
    link.write(Uint8Array.of(1), () => {});
    assert.equal((await failed).code, 'too-much-unread');
    link.destroy();
    await until(() => bad.open === 0);
  });
}

test('what a relay that dies had delivered before is delivered', async () => {
  const transport = relay(good.template, { WebSocket: /** @type {any} */ (Ws) });
  const socket = await open(echo.url, { transport });
  assert.equal(await echoed(socket, 'hello'), 'hello');
  const closed = next(socket, 'close');
  await good.drop();
  assert.equal((await closed).code, 1006);
  assert.equal(connectionOf(socket).failure?.code, 'relay-closed');
});

test('a class that throws, or is none, fails the attempt', async () => {
  class Broken extends Ws {
    constructor() {
      super('no URL');
    }
  }
  const error = await failureOf(relay(good.template, { WebSocket: /** @type {any} */ (Broken) }));
  assert.equal(error.code, 'relay-unreachable');
  assert.equal(error.cause.name, 'SyntaxError');
  const none = await failureOf(relay(good.template, { WebSocket: /** @type {any} */ (() => {}) }));
  assert.equal(none.code, 'relay-unreachable');
  assert.ok(none.cause instanceof TypeError);
});

test('a class that delivers Blobs fails the connection', async () => {
  class Blobs extends Own {
    /** @override */
    get binaryType() {
      return super.binaryType;
    }
    /** @override */
    set binaryType(_) {}
  }
  const socket = new WebSocket(echo.url, { transport: relay(good.template, { WebSocket: Blobs }) });
  await next(socket, 'close');
  assert.equal(connectionOf(socket).failure?.code, 'relay-invalid');
});

test('a class that connects through the same relay fails, and is not called again', async () => {
  let made = 0;
  /** @type {any} */
  let transport;
  class Itself extends WebSocket {
    constructor(url, protocols) {
      made += 1;
      super(url, { protocols, transport });
    }
  }
  const requests = good.requests.length;
  transport = relay(good.template, { WebSocket: Itself });
  const socket = new WebSocket(echo.url, { transport });
  await next(socket, 'close');
  assert.equal(connectionOf(socket).failure?.code, 'relay-unreachable');
  assert.equal(made, 1);
  assert.equal(good.requests.length, requests);
});

test('a relay is reached through another relay', async (t) => {
  const other = await startStreamRelay();
  t.after(() => other.close());
  const through = relay(other.template, { WebSocket: /** @type {any} */ (Ws) });
  class Through extends WebSocket {
    constructor(url, protocols) {
      super(url, { protocols, transport: through });
    }
  }
  const transport = relay(good.template, { WebSocket: Through });
  const sockets = await Promise.all([open(echo.url, { transport }), open(echo.url, { transport })]);
  for (const socket of sockets) {
    assert.equal(await echoed(socket, 'hello'), 'hello');
    await shut(socket);
  }
  assert.deepEqual(
    other.requests.map(({ url }) => url),
    Array(2).fill(`/${new URL(good.origin).host}`),
  );
});

test('relays that are reached through each other fail, and each class is called once', async (t) => {
  const other = await startStreamRelay();
  t.after(() => other.close());
  let made = 0;
  const through = (index) =>
    class extends WebSocket {
      constructor(url, protocols) {
        made += 1;
        // Not only with the same transport.
        const transport = relay([good, other][index].template, { WebSocket: through(1 - index) });
        super(url, { protocols, transport });
      }
    };
  const requests = good.requests.length;
  const socket = new WebSocket(echo.url, { transport: relay(good.template, { WebSocket: through(1) }) });
  await next(socket, 'close');
  const { failure } = connectionOf(socket);
  assert.equal(failure?.code, 'relay-unreachable');
  assert.equal(made, 2);
  assert.deepEqual([good.requests.length, other.requests.length], [requests, 0]);
});

test("in a Node with a document, as of jsdom, the class is not taken for a browser's", async () => {
  const program = `
    import { WebSocket as Ws } from 'ws';
    Object.assign(globalThis, { document: {}, addEventListener() {}, WebSocket: Ws });
    const { relay } = await import('websocket-wasm/transports');
    const { signal } = new AbortController();
    const target = { hostname: '127.0.0.1', port: ${echo.port}, secure: false, url: '${echo.url}', signal };
    const link = await relay('${good.template}')(target);
    console.log(link.ownTasks);
    link.destroy();`;
  const { status, output } = await runNode(moduleArgs(program), import.meta.dirname);
  assert.deepEqual({ status, output }, { status: 0, output: 'false\n' });
});

test('a signal aborts before and while connecting, and no listener is left on it', async () => {
  const listeners = (signal) => getEventListeners(signal, 'abort').length;
  const transport = relay(bad.template('slow'), { WebSocket: /** @type {any} */ (Ws) });
  assert.equal((await failureOf(transport, target({ signal: AbortSignal.abort() }))).code, 'aborted');
  const controller = new AbortController();
  const during = failureOf(transport, target({ signal: controller.signal }));
  controller.abort();
  const { code, message } = await during;
  assert.deepEqual({ code, message }, { code: 'aborted', message: 'the connection was aborted' });
  const { signal } = new AbortController();
  const connected = relay(good.template, { WebSocket: /** @type {any} */ (Ws) });
  const link = /** @type {any} */ (await connected(target({ port: echo.port, signal })));
  assert.equal(listeners(signal), 0, 'connected');
  link.destroy();
  await failureOf(
    relay('ws://127.0.0.1:1/{hostname}:{port}', { WebSocket: /** @type {any} */ (Ws) }),
    target({ signal }),
  );
  assert.equal(listeners(signal), 0, 'failed');
});

test('a process ends after its last socket, also when the relay does not close', async () => {
  const program = (template, handshakeTimeout) => `
    import { WebSocket } from 'websocket-wasm';
    import { relay } from 'websocket-wasm/transports';
    import { WebSocket as Ws } from 'ws';
    const transport = relay('${template}', { WebSocket: Ws });
    const socket = new WebSocket('${echo.url}', { transport, handshakeTimeout: ${handshakeTimeout} });
    socket.onopen = () => socket.close();
    socket.onclose = ({ code }) => console.log(code);`;
  for (const [template, handshakeTimeout, code] of /** @type {const} */ ([
    [good.template, 50_000, '1005\n'],
    [bad.template('silent'), 300, '1006\n'],
  ])) {
    const { status, output } = await runNode(moduleArgs(program(template, handshakeTimeout)), import.meta.dirname);
    assert.deepEqual({ status, output }, { status: 0, output: code });
  }
  await shut(await open(echo.url, { transport: relay(good.template, { WebSocket: /** @type {any} */ (Ws) }) }));
});
