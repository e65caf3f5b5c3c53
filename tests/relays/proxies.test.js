// needs: tinyproxy microsocks pip:proxy.py
// tcp() through tinyproxy, proxy.py and microsocks: the contract, passwords, refusals, and the environment in a process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort, startEcho } from '../../scripts/servers.js';
import * as exports from '../package/support/installed.js';
import { output, RUNTIMES } from '../package/support/runtimes.js';
import { echoed, shut, story } from '../package/support/sockets.js';
import { next } from '../support/events.js';
import { localhost, root } from '../support/tls/pki.js';
import { testTransport } from '../transports/contract/index.js';
import { startMicrosocks, startProxyPy, startTinyproxy } from './support/proxies.js';

const { tcp, WebSocket } = exports;
const ca = root().certPem;
const credentials = { username: 'alice', password: 'correct-horse' };

/** How each is started, and the status that it refuses a wrong password with. */
const KINDS = {
  tinyproxy: { start: startTinyproxy, wrong: 401 },
  'proxy.py': { start: startProxyPy, wrong: 407 },
  'proxy.py, https:': { start: (options) => startProxyPy({ ...options, encrypted: true }), wrong: 407 },
  microsocks: { start: startMicrosocks, wrong: undefined },
};

/** The option for a proxy's URL. */
const optionOf = (url) => (url.startsWith('https:') ? { url, ca } : url);

// The others lack flow control: proxy.py reads on, and keeps in memory what it can't pass on; microsocks writes to one side
// before it reads the other again, and stands still under an echo of 16 MiB.
testTransport({
  name: 'tcp, tinyproxy',
  exports,
  // It ends both directions at once, also what was reset.
  lacks: ['halfClose', 'sendsAfterEnd', 'reportsReset'],
  start: async () => {
    const { url, close } = await startTinyproxy();
    return { args: url, close };
  },
  make: ({ tcp: make }, url) => make({ proxy: url }),
});

for (const [kind, { start, wrong }] of Object.entries(KINDS)) {
  test(`${kind} takes the right password, and refuses others`, async (t) => {
    const proxy = await start({ credentials });
    t.after(() => proxy.close());
    const echo = await startEcho({ certificate: localhost() });
    t.after(() => echo.close());
    const url = `wss://localhost:${echo.port}/`;
    const socket = new WebSocket(url, { transport: tcp({ ca, proxy: optionOf(proxy.url) }) });
    await next(socket, 'open');
    socket.binaryType = 'arraybuffer';
    assert.equal(await echoed(socket, 'hello'), 'hello');
    const big = Uint8Array.from({ length: 1_000_000 }, (_, at) => at % 251);
    assert.ok(Buffer.from(await echoed(socket, big)).equals(big));
    await shut(socket);
    for (const userInfo of ['//', '//alice:wrong@']) {
      const option = optionOf(proxy.url.replace(/\/\/.*@/, userInfo));
      const { failure } = await story(url, { transport: tcp({ ca, proxy: option }) });
      assert.equal(failure.code, 'proxy-refused');
      if (wrong) assert.equal(failure.cause.status, userInfo === '//' ? 407 : wrong);
      t.diagnostic(failure.message);
    }
  });
}

test('tinyproxy answers a client that it does not allow with 403', async (t) => {
  const proxy = await startTinyproxy({ allows: '192.0.2.1' });
  t.after(() => proxy.close());
  const { failure } = await story('ws://host.test/', { transport: tcp({ proxy: proxy.url }) });
  assert.equal(failure.code, 'proxy-refused');
  assert.equal(failure.cause.status, 403);
});

for (const [runtime, command] of Object.entries(RUNTIMES)) {
  test(`${runtime}: a process takes the proxies of its environment`, async (t) => {
    const plain = await startEcho();
    t.after(() => plain.close());
    const secure = await startEcho({ certificate: localhost() });
    t.after(() => secure.close());
    const http = await startTinyproxy({ credentials });
    t.after(() => http.close());
    const socks = await startMicrosocks({ credentials });
    t.after(() => socks.close());
    const closed = await freePort();
    const env = { HTTP_PROXY: http.url, HTTPS_PROXY: socks.url, NODE_USE_ENV_PROXY: '1' };
    const cases = [
      { url: `ws://127.0.0.1:${plain.port}/`, options: {} },
      { url: `wss://localhost:${secure.port}/`, options: { ca } },
      { url: `ws://127.0.0.1:${closed}/`, options: {} },
      { url: `wss://127.0.0.1:${closed}/`, options: {} },
    ];
    const outcomes = await output(command, 'runtime-connects.js', cases, env);
    assert.deepEqual(
      outcomes.map(({ failure }) => failure),
      [undefined, undefined, 'proxy-refused', 'proxy-refused'],
    );
  });
}
