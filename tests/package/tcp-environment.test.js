// The proxy of the environment: which one tcp uses in Node, Deno and Bun, beside the `fetch` of Deno and Bun.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBadProxy } from '../support/servers/proxies.js';
import { output, RUNTIMES } from './support/runtimes.js';

/** Proxies that note what they are asked for, and refuse it. By letter. */
const proxies = {};
before(async () => {
  for (const letter of ['A', 'B', 'C']) {
    const asked = [];
    const { port, close } = await startBadProxy((socket, chunk) => {
      asked.push(chunk[0] === 5 ? 'SOCKS' : chunk.toString('latin1').split('\r\n', 1)[0]);
      socket.end(
        chunk[0] === 5 ? Buffer.of(5, 0xff) : 'HTTP/1.1 502 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      );
    });
    proxies[letter] = { port, close, asked };
  }
});
after(() => Promise.all(Object.values(proxies).map(({ close }) => close())));

const VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);
const NONE = Object.fromEntries([...VARIABLES, 'REQUEST_METHOD', 'NODE_USE_ENV_PROXY'].map((name) => [name, null]));

const WS = 'ws://host.test/';
const WSS = 'wss://host.test/';

/**
 * A row: variables (a letter is that proxy's URL), the URL, the letter of its proxy (one for all runtimes or by runtime; ''
 * is none), and the runtimes whose own `fetch` differs on purpose.
 * @typedef {[env: Record<string, string>, url: string, proxy: string | Record<string, string>, differs?: string[]]} Row
 */

/** @type {Row[]} */
const ROWS = [
  [{ HTTP_PROXY: 'A' }, WS, 'A'],
  [{ HTTP_PROXY: 'A' }, WSS, ''],
  [{ http_proxy: 'A' }, WS, 'A'],
  [{ HTTPS_PROXY: 'A' }, WSS, 'A'],
  [{ https_proxy: 'A' }, WSS, 'A'],
  [{ HTTPS_PROXY: 'A' }, WS, ''],
  [{ http_proxy: 'A', HTTP_PROXY: 'B' }, WS, { node: 'A', bun: 'A', deno: 'B' }],
  [{ https_proxy: 'A', HTTPS_PROXY: 'B' }, WSS, { node: 'A', bun: 'A', deno: 'B' }],
  [{ http_proxy: '', HTTP_PROXY: 'B' }, WS, 'B'],
  [{ ALL_PROXY: 'A' }, WS, 'A'],
  [{ all_proxy: 'A' }, WSS, 'A'],
  [{ ALL_PROXY: 'A', HTTP_PROXY: 'B', HTTPS_PROXY: 'C' }, WS, { node: 'B', bun: 'B', deno: 'A' }],
  [{ ALL_PROXY: 'A', HTTP_PROXY: 'B', HTTPS_PROXY: 'C' }, WSS, { node: 'C', bun: 'C', deno: 'A' }],
  [{ HTTP_PROXY: 'A without scheme' }, WS, 'A'],
  [{ ALL_PROXY: 'A by socks5h' }, WS, 'A', ['bun']],
  [{ HTTP_PROXY: 'A', REQUEST_METHOD: 'GET' }, WS, { node: 'A', bun: 'A', deno: '' }],
  [{ HTTP_PROXY: 'A' }, 'ws://127.0.0.1:7654/', 'A'],
  [{ HTTP_PROXY: 'A', no_proxy: 'other', NO_PROXY: 'host.test' }, WS, { node: 'A', bun: 'A', deno: '' }],
  [{ HTTP_PROXY: 'A', NO_PROXY: 'host.test' }, WS, ''],
  [{ HTTP_PROXY: 'A', NO_PROXY: 'other, host.test' }, 'ws://sub.host.test:81/', ''],
  [{ HTTP_PROXY: 'A', NO_PROXY: 'host.test' }, 'ws://nothost.test/', 'A'],
  [{ HTTP_PROXY: 'A', NO_PROXY: '.host.test' }, WS, ''],
  [{ HTTP_PROXY: 'A', NO_PROXY: '.host.test' }, 'ws://sub.host.test/', ''],
  [{ HTTP_PROXY: 'A', NO_PROXY: '*.host.test' }, 'ws://sub.host.test/', '', ['deno']],
  [{ HTTP_PROXY: 'A', NO_PROXY: 'HOST.test' }, WS, '', ['deno']],
  [{ HTTP_PROXY: 'A', NO_PROXY: '*' }, WS, ''],
  [{ HTTP_PROXY: 'A', NO_PROXY: 'host.test:80' }, WS, '', ['deno']],
  [{ HTTP_PROXY: 'A', NO_PROXY: 'host.test:81' }, WS, 'A'],
  [{ HTTP_PROXY: 'A', NO_PROXY: 'other host.test' }, WS, '', ['deno']],
  [{ HTTP_PROXY: 'A', NO_PROXY: '127.0.0.1' }, 'ws://127.0.0.1:7654/', ''],
  [{ HTTP_PROXY: 'A', NO_PROXY: '0.0.1' }, 'ws://127.0.0.1:7654/', 'A'],
  [{ HTTP_PROXY: 'A', NO_PROXY: '127.0.0.0/8' }, 'ws://127.0.0.1:7654/', ''],
  [{ HTTP_PROXY: 'A', NO_PROXY: '10.0.0.0/8' }, 'ws://127.0.0.1:7654/', 'A'],
  [{ HTTP_PROXY: 'A', NO_PROXY: '127.0.0.0/31' }, 'ws://127.0.0.2:7654/', 'A'],
  // What isn't a network excepts nothing: the proxy is used.
  [{ HTTP_PROXY: 'A', NO_PROXY: '10.0.0.0/255.0.0.0' }, 'ws://127.0.0.1:7654/', 'A'],
  [{ HTTP_PROXY: 'A', NO_PROXY: '10.0.0.0/' }, 'ws://127.0.0.1:7654/', 'A'],
  [{ HTTP_PROXY: 'A', NO_PROXY: '127.0.0.1/33' }, 'ws://127.0.0.1:7654/', 'A'],
  [{ HTTP_PROXY: 'A', NO_PROXY: '::1' }, 'ws://[::1]:7654/', ''],
  [{ HTTP_PROXY: 'A', NO_PROXY: '[::1]:7654' }, 'ws://[::1]:7654/', '', ['deno']],
  [{ HTTP_PROXY: 'A', NO_PROXY: '0:0::/64' }, 'ws://[::1]:7654/', ''],
  [{}, WS, ''],
];

/** The variables with the proxies' URLs. */
function resolved(env) {
  const urlOf = (text) => {
    const [, letter, how] = /^([ABC])( .*)?$/.exec(text) ?? [];
    if (!letter) return text;
    const host = `127.0.0.1:${proxies[letter].port}`;
    if (how === ' without scheme') return host;
    return `${how ? 'socks5h' : 'http'}://${host}`;
  };
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, urlOf(value)]));
}

const letterOf = (message) =>
  Object.keys(proxies).find((letter) => message.includes(`:${proxies[letter].port} `)) ?? '';

for (const [runtime, command] of Object.entries(RUNTIMES)) {
  test(`${runtime}: each connection takes the proxy of the environment, and only by CONNECT or SOCKS`, async () => {
    const cases = ROWS.map(([env, url]) => ({ url, env: { ...NONE, NODE_USE_ENV_PROXY: '1', ...resolved(env) } }));
    const outcomes = await output(command, 'runtime-connects.js', cases);
    ROWS.forEach(([env, url, expected], at) => {
      const letter = typeof expected === 'string' ? expected : expected[runtime];
      const { failure, message } = outcomes[at];
      const place = `${JSON.stringify(env)} ${url}`;
      assert.equal(letterOf(message), letter, `${place}: ${message}`);
      assert.equal(failure === 'proxy-refused', letter !== '', `${place}: ${message}`);
    });
    const asked = Object.values(proxies).flatMap((proxy) => proxy.asked.splice(0));
    assert.ok(asked.length > 0);
    for (const line of asked) assert.match(line, /^(CONNECT |SOCKS)/);
  });
}

for (const runtime of ['deno', 'bun']) {
  test(`${runtime}: its own fetch takes the same proxy`, async () => {
    for (const [env, url, expected, differs = []] of ROWS) {
      if (differs.includes(runtime)) continue;
      await output(RUNTIMES[runtime], 'runtime-fetches.js', [url.replace('ws', 'http')], resolved(env));
      const letters = Object.keys(proxies).filter((letter) => proxies[letter].asked.splice(0).length > 0);
      const letter = typeof expected === 'string' ? expected : expected[runtime];
      assert.equal(letters.join(), letter, `${JSON.stringify(env)} ${url}`);
    }
  });
}

test("node: a wss: connection by this package's TLS takes the proxy of wss:", async () => {
  const env = { ...NONE, NODE_USE_ENV_PROXY: '1', ...resolved({ HTTP_PROXY: 'A', HTTPS_PROXY: 'B' }) };
  const [{ message }] = await output(RUNTIMES.node, 'runtime-connects.js', [{ env, url: WSS, init: { tls: {} } }]);
  assert.equal(letterOf(message), 'B', message);
  proxies.B.asked.splice(0);
});

test('node: without NODE_USE_ENV_PROXY=1, and with proxy: false, no proxy is used', async () => {
  const env = { ...NONE, ...resolved({ HTTP_PROXY: 'A', ALL_PROXY: 'A' }) };
  const cases = [
    { env, url: WS },
    { env: { ...env, NODE_USE_ENV_PROXY: '0' }, url: WS },
    { env: { ...env, NODE_USE_ENV_PROXY: 'true' }, url: WS },
    { env: { ...env, NODE_USE_ENV_PROXY: '1' }, url: WS, options: { proxy: false } },
  ];
  for (const { failure } of await output(RUNTIMES.node, 'runtime-connects.js', cases)) assert.match(failure, /^host-/);
  assert.deepEqual(proxies.A.asked.splice(0), []);
});

test('deno, bun: with proxy: false no proxy is used', async () => {
  for (const runtime of ['deno', 'bun']) {
    const cases = [{ env: resolved({ ALL_PROXY: 'A' }), url: WS, options: { proxy: false } }];
    const [{ failure }] = await output(RUNTIMES[runtime], 'runtime-connects.js', cases);
    assert.match(failure, /^host-/);
  }
  assert.deepEqual(proxies.A.asked.splice(0), []);
});

for (const [runtime, command] of Object.entries(RUNTIMES)) {
  test(`${runtime}: a variable that is no proxy's URL fails the connection, and its secrets stay secret`, async () => {
    const cases = ['ftp://user:secret@proxy.test/', 'http://user:secret@', 'http://user:secret%E0@proxy.test/'].map(
      (value) => ({ url: WS, env: { ...NONE, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: value } }),
    );
    for (const { failure, message } of await output(command, 'runtime-connects.js', cases)) {
      assert.equal(failure, 'proxy-invalid', message);
      assert.match(message, /HTTP_PROXY/);
      assert.ok(!message.includes('secret'));
    }
  });
}

test('deno without the permission to read the environment connects without a proxy, and asks nobody', async () => {
  const [deno, run, ...args] = RUNTIMES.deno;
  const command = [
    deno,
    run,
    ...args.filter((arg) => arg !== '--allow-all'),
    '--allow-net',
    '--allow-read',
    '--allow-env=INPUT',
  ];
  const [{ failure }] = await output(command, 'runtime-connects.js', [{ url: WS }], resolved({ ALL_PROXY: 'A' }));
  assert.match(failure, /^host-/);
  assert.deepEqual(proxies.A.asked.splice(0), []);
});
