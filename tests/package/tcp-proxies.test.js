// tcp() through proxies of npm: what passes, what the proxy learns, and what it refuses.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { connectionOf, tcp, tls, WebSocket } from 'websocket-wasm';
import { freePort, listen, startEcho } from '../../scripts/servers.js';
import { startHttpProxy, startSocksProxy } from '../support/servers/proxies.js';
import { localhost, root, stranger } from '../support/tls/pki.js';
import { echoed, FAILED, next, open, shut, story } from './support/sockets.js';

const ca = root().certPem;
const credentials = { username: 'al@ice%', password: 'p:ss/wörd #1' };

/** @type {Awaited<ReturnType<typeof startEcho>>} */
let plain;
/** @type {Awaited<ReturnType<typeof startEcho>>} */
let secure;
before(async () => {
  plain = await startEcho();
  secure = await startEcho({ certificate: localhost() });
});
after(() => Promise.all([plain.close(), secure.close()]));

const urls = () => ({ ws: `ws://localhost:${plain.port}/`, wss: `wss://localhost:${secure.port}/` });

const certificate = localhost();

/** How each is started, and the option that names it. */
const PROXIES = {
  http: { start: () => startHttpProxy(), option: ({ url }) => url },
  'http with a password': { start: () => startHttpProxy({ credentials }), option: (it) => it.withCredentials },
  https: { start: () => startHttpProxy({ certificate }), option: ({ url }) => ({ url: new URL(url), ca }) },
  'https with a password': {
    start: () => startHttpProxy({ certificate, credentials }),
    option: (it) => ({ url: it.withCredentials, ca }),
  },
  socks5h: { start: () => startSocksProxy(), option: ({ url }) => url },
  'socks5h with a password': { start: () => startSocksProxy({ credentials }), option: (it) => it.withCredentials },
  socks5: { start: () => startSocksProxy(), option: ({ url }) => url.replace('socks5h', 'socks5') },
};

for (const [kind, { start, option }] of Object.entries(PROXIES)) {
  for (const scheme of /** @type {const} */ (['ws', 'wss'])) {
    test(`${scheme}: passes through ${kind}`, async (t) => {
      const proxy = await start();
      t.after(() => proxy.close());
      const url = urls()[scheme];
      const socket = await open(url, { transport: tcp({ ca, proxy: option(proxy) }), perMessageDeflate: false });
      assert.equal(await echoed(socket, 'hello'), 'hello');
      const big = Uint8Array.from({ length: 3_000_000 }, (_, at) => at % 251);
      assert.ok(Buffer.from(await echoed(socket, big)).equals(big));
      assert.equal(connectionOf(socket).tls?.certificate?.subject, scheme === 'wss' ? 'CN=localhost' : undefined);
      await shut(socket);
      const { port, hostname } = new URL(url);
      assert.deepEqual(proxy.places, [`${kind === 'socks5' ? '127.0.0.1' : hostname}:${port}`]);
    });
  }

  test(`a certificate that isn't trusted is refused through ${kind}`, async (t) => {
    const proxy = await start();
    t.after(() => proxy.close());
    const transport = tcp({ ca: stranger().certPem, proxy: option(proxy) });
    const { failure, ...rest } = await story(urls().wss, { transport });
    assert.deepEqual(rest, FAILED);
    assert.equal(failure.code, 'tls-certificate-unknown-issuer');
  });

  test(`tls() around tcp() passes through ${kind}`, async (t) => {
    const proxy = await start();
    t.after(() => proxy.close());
    const socket = await open(urls().wss, { transport: tls(tcp({ proxy: option(proxy) }), { ca }) });
    assert.equal(await echoed(socket, 'hello'), 'hello');
    await shut(socket);
  });

  test(`a server that drops the connection behind ${kind} ends it`, async (t) => {
    const proxy = await start();
    t.after(() => proxy.close());
    for (const url of Object.values(urls())) {
      const socket = await open(url, { transport: tcp({ ca, proxy: option(proxy) }) });
      for (const sockets of [plain.sockets, secure.sockets]) for (const client of sockets.clients) client.terminate();
      const { code } = await next(socket, 'close');
      assert.equal(code, 1006);
    }
  });
}

test('the link of a tunnel is secure only with TLS to the host', async (t) => {
  const proxy = await startHttpProxy({ certificate });
  t.after(() => proxy.close());
  const connect = (secured, { port }) => {
    const { signal } = new AbortController();
    const target = { hostname: 'localhost', port, secure: secured, url: '', signal };
    return Promise.resolve(tcp({ ca, proxy: { url: proxy.url, ca } })(target));
  };
  const links = [await connect(false, plain), await connect(true, secure)];
  assert.deepEqual(
    links.map((link) => link.secure),
    [false, true],
  );
  for (const link of links) /** @type {import('websocket-wasm').Link} */ (link).destroy();
});

/** An HTTP proxy that keeps what passes through it from the client, and answers `200` to any request. */
async function recorder(t, target) {
  const passed = [];
  const running = await listen(
    net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        const far = net.connect(target, '127.0.0.1').on('error', () => {});
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.on('data', (chunk) => passed.push(chunk));
        socket.pipe(far).pipe(socket);
      });
    }),
    { scheme: 'http' },
  );
  t.after(() => running.close());
  return { ...running, passed: () => Buffer.concat(passed).toString('latin1') };
}

test('a proxy sees nothing but TLS of wss:', async (t) => {
  const proxy = await recorder(t, secure.port);
  const socket = await open(urls().wss, { transport: tcp({ ca, proxy: proxy.url }), perMessageDeflate: false });
  await echoed(socket, 'a secret message');
  await shut(socket);
  assert.equal(proxy.passed().charCodeAt(0), 0x16);
  assert.doesNotMatch(proxy.passed(), /GET |Upgrade|secret/i);
});

test('a proxy that connects to another server gets nothing of wss:', async (t) => {
  // A server without TLS, and one with a certificate of its own making.
  for (const { port } of [plain, await impostor(t)]) {
    const proxy = await recorder(t, port);
    const { failure } = await story(urls().wss, { transport: tcp({ ca, proxy: proxy.url }) });
    assert.match(failure.code, /^tls-(failed|certificate-unknown-issuer)$/);
    assert.doesNotMatch(proxy.passed(), /GET |Upgrade/i);
  }
});

async function impostor(t) {
  const server = await startEcho({ certificate: stranger().issue({ names: ['localhost', '127.0.0.1'] }) });
  t.after(() => server.close());
  return server;
}

/** No message may have any of it. */
function assertNoSecret({ message, cause }) {
  const { username, password } = credentials;
  const secrets = [username, password, encodeURIComponent(username), encodeURIComponent(password), 'wrong'];
  secrets.push(Buffer.from(`${username}:${password}`).toString('base64'));
  for (const text of [message, JSON.stringify(cause ?? ''), `${cause}`]) {
    for (const secret of secrets) assert.ok(!text.includes(secret), text);
  }
}

const WITHOUT = {
  'no password': '',
  'a wrong password': `${encodeURIComponent(credentials.username)}:wrong@`,
};
for (const [what, userInfo] of Object.entries(WITHOUT)) {
  test(`HTTP proxies refuse ${what} with 407`, async (t) => {
    for (const options of [{ credentials }, { credentials, certificate }]) {
      const proxy = await startHttpProxy(options);
      t.after(() => proxy.close());
      const url = proxy.url.replace('//', `//${userInfo}`);
      const transport = tcp({ proxy: options.certificate ? { url, ca } : url });
      for (const target of Object.values(urls())) {
        const { failure, ...rest } = await story(target, { transport });
        assert.deepEqual(rest, FAILED);
        assert.equal(failure.code, 'proxy-refused');
        assert.match(failure.message, /status 407 Proxy/);
        assert.deepEqual(failure.cause, { status: 407 });
        assertNoSecret(failure);
      }
    }
  });

  test(`a SOCKS proxy refuses ${what}`, async (t) => {
    const proxy = await startSocksProxy({ credentials });
    t.after(() => proxy.close());
    const { failure } = await story(urls().ws, {
      transport: tcp({ proxy: proxy.url.replace('//', `//${userInfo}`) }),
    });
    assert.equal(failure.code, 'proxy-refused');
    assertNoSecret(failure);
  });
}

test('a SOCKS proxy whose rules forbid the host refuses it', async (t) => {
  const proxy = await startSocksProxy({ allows: (port) => port !== plain.port });
  t.after(() => proxy.close());
  const { failure } = await story(urls().ws, { transport: tcp({ proxy: proxy.url }) });
  assert.equal(failure.code, 'proxy-refused');
  assert.match(failure.message, /reply 2 \(not allowed/);
  assert.deepEqual(failure.cause, { reply: 2 });
});

test('a proxy that is not there is unreachable', async () => {
  const port = await freePort();
  for (const scheme of ['http', 'https', 'socks5', 'socks5h']) {
    const proxy = `${scheme}://al:wrong@localhost:${port}/`;
    const { failure, ...rest } = await story(urls().ws, { transport: tcp({ proxy }) });
    assert.deepEqual(rest, FAILED);
    assert.equal(failure.code, 'proxy-unreachable');
    assert.ok(failure.message.includes(`${scheme}://localhost:${port}:`));
    assertNoSecret(failure);
  }
});

test('an https: proxy with a certificate that is not trusted is unreachable, and gets no password', async (t) => {
  const proxy = await startHttpProxy({ certificate, credentials });
  t.after(() => proxy.close());
  for (const option of [proxy.withCredentials, { url: proxy.withCredentials, ca: stranger().certPem }]) {
    // `ca` for the host is not for the proxy.
    const { failure } = await story(urls().ws, { transport: tcp({ ca, proxy: option }) });
    assert.equal(failure.code, 'proxy-unreachable');
    assert.match(failure.message, /authority/);
    assertNoSecret(failure);
  }
  assert.deepEqual(proxy.places, []);
});

test('options of sockets are for the connection to the proxy, and lookup for the host of socks5:, too', async (t) => {
  const proxy = await startSocksProxy();
  t.after(() => proxy.close());
  const asked = [];
  const lookup = (hostname, { all }, callback) => {
    asked.push(hostname);
    if (all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  };
  const transport = tcp({ lookup, proxy: `socks5://proxy.test:${proxy.port}` });
  await shut(await open(`ws://host.test:${plain.port}/`, { transport }));
  assert.deepEqual(asked, ['host.test', 'proxy.test']);
  assert.deepEqual(proxy.places, [`127.0.0.1:${plain.port}`]);

  const failing = (_hostname, _options, callback) => callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
  const { failure } = await story(`ws://host.test:${plain.port}/`, {
    transport: tcp({ lookup: failing, proxy: `socks5://127.0.0.1:${proxy.port}` }),
  });
  assert.equal(failure.code, 'host-not-found');
});

test('a socket keeps its order, and back-pressure reaches through a tunnel', async (t) => {
  const proxy = await startHttpProxy();
  t.after(() => proxy.close());
  const socket = await open(urls().wss, {
    transport: tcp({ ca, proxy: proxy.url }),
    perMessageDeflate: false,
    highWaterMark: 10_000,
  });
  const count = 500;
  const received = [];
  const all = new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      received.push(Number.parseInt(data, 10));
      if (received.length === count) resolve(undefined);
    };
  });
  for (let i = 0; i < count; i += 1) socket.send(`${i} ${'x'.repeat(2_000)}`);
  await all;
  assert.deepEqual(
    received,
    Array.from({ length: count }, (_, i) => i),
  );
  await shut(socket);
});

test('closing while the tunnel is opened ends the connection to the proxy', async (t) => {
  const server = net.createServer((socket) => socket.on('error', () => {}));
  const running = await listen(server);
  t.after(() => running.close());
  for (const scheme of ['http', 'https', 'socks5h']) {
    const connected = once(server, 'connection');
    const socket = new WebSocket(urls().wss, { transport: tcp({ proxy: `${scheme}://127.0.0.1:${running.port}` }) });
    const [seen] = await connected;
    seen.resume();
    socket.close();
    await Promise.all([next(socket, 'close'), once(seen, 'close')]);
    assert.equal(connectionOf(socket).failure?.code, 'aborted');
  }
});
