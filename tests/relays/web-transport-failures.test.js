// needs: rust chromium firefox pip:aioquic
// webTransport() in pages: relays that refuse, that misbehave, and that die.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { pythonProgram } from '../../scripts/setup/python.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import { startTcpEcho } from '../support/relays/targets.js';
import { buildRelay, startRelay, startServer } from '../support/relays/web-transport.js';

const BAD = new URL('../support/relays/bad-relay.py', import.meta.url).pathname;

const running = [];
const start = async (starting) => {
  const server = await starting;
  running.push(server);
  return server;
};
let program;
let pages;
let echo;
let bad;
before(async () => {
  program = await buildRelay();
  pages = await start(servePages());
  echo = await start(startTcpEcho());
  const python = pythonProgram('aioquic', 'python');
  bad = await start(startServer(({ cert, key }) => ({ program: python, args: [BAD, cert, key] })));
});
after(async () => {
  for (const server of running.reverse()) await server.close();
});

/** @param {string} title @param {(page: import('puppeteer-core').Page) => Promise<void>} run */
function testInPages(title, run) {
  testInBrowsers(['chromium', 'firefox'], title, async (page) => {
    await page.goto(pages.url);
    await page.evaluate(async () => {
      const { webTransport } = await import(/** @type {any} */ ('/dist/transports.js'));
      const shim = await import(/** @type {any} */ ('/dist/browser.js'));
      const wire = await import(/** @type {any} */ ('/tests/support/relays/wire.js'));
      const events = await import(/** @type {any} */ ('/tests/support/events.js'));
      const through = ({ url, hash }, path = '', options = {}) => {
        const serverCertificateHashes = [{ algorithm: 'sha-256', value: new Uint8Array(hash) }];
        return webTransport(new URL(path, url), { serverCertificateHashes, ...options });
      };
      /** Connects a WebSocket; resolves with the failure's code and message. */
      const failure = (transport, url = 'ws://server.example/', options = {}) =>
        new Promise((resolve) => {
          const socket = new shim.WebSocket(url, { transport, handshakeTimeout: 50_000, ...options });
          socket.onopen = () => resolve(['open', '']);
          socket.onclose = () => {
            const { code, message } = shim.connectionOf(socket).failure ?? {};
            resolve([code, message]);
          };
        });
      Object.assign(globalThis, { ...shim, ...wire, ...events, through, failure });
    });
    await run(page);
  });
}

/** By the path of the bad relay. */
const OUTCOMES = {
  '/forbidden': 'relay-unreachable',
  '/empty': 'relay-closed',
  '/short': 'relay-closed',
  '/text': 'relay-unreachable',
  '/version': 'relay-unreachable',
  '/echo': 'relay-unreachable',
  '/unknown': 'relay-closed',
  '/control': 'relay-blocked',
  '/refused': 'connect-refused',
  '/unreachable': 'host-unreachable',
  '/timeout': 'connect-timeout',
  '/name': 'host-not-found',
  '/failed': 'connect-failed',
  '/throttled': 'relay-throttled',
  '/unauthorized': 'relay-unauthorized',
  '/malformed': 'relay-closed',
  '/hello': 'handshake-not-http',
  '/then-text': 'handshake-status',
  '/reset': 'relay-closed',
  '/end-session': 'relay-closed',
  '/silent': 'handshake-timeout',
  '/half': 'handshake-timeout',
  '/endless': 'handshake-timeout',
  '/drip': 'handshake-timeout',
  '/never': 'relay-timeout',
};

testInPages('what a relay may do wrong has a code, and nothing hangs', async (page) => {
  const outcomes = await page.evaluate(
    async ({ bad, paths }) => {
      const { through, failure } = /** @type {any} */ (globalThis);
      const one = async (path) => {
        const options = /silent|half|endless|drip/.test(path) ? { handshakeTimeout: 1_000 } : {};
        return [path, await failure(through(bad, path), `ws://server.example${path}`, options)];
      };
      return Promise.all(paths.map(one));
    },
    { bad: { url: bad.url, hash: bad.hash }, paths: Object.keys(OUTCOMES) },
  );
  assert.deepEqual(Object.fromEntries(outcomes.map(([path, [code]]) => [path, code])), OUTCOMES);
  const messages = Object.fromEntries(outcomes.map(([path, [, message]]) => [path, message]));
  assert.match(
    messages['/unknown'],
    /^The relay https:\/\/127\.0\.0\.1:\d+\/ made no connection: status 0x7f \("seven"\)\.$/,
  );
  // The detail of a status is the relay's text: no control characters.
  assert.match(messages['/control'], /\("\uFFFD\[31m\uFFFD\uFFFDno"\)/);
});

testInPages('a stream or a session that breaks after the start fails its sockets', async (page) => {
  const outcomes = await page.evaluate(
    async (bad) => {
      const { connect, through, until } = /** @type {any} */ (globalThis);
      const one = async (path) => {
        const wire = await connect(through(bad, path), { port: 80, hostname: 'server.example' });
        await until(() => wire.outcome);
        return [path, wire.text, wire.outcome];
      };
      return Promise.all(['/reset-open', '/close'].map(one));
    },
    { url: bad.url, hash: bad.hash },
  );
  // Firefox reports no code of a stream's reset: it may be the target's.
  const reset = (await page.browser().version()).startsWith('Chrome') ? 'relay-closed' : 'transport-failed';
  assert.deepEqual(outcomes, [
    ['/reset-open', '', reset],
    ['/close', 'hello', 'relay-closed'],
  ]);
});

testInPages('an attempt is aborted at once, at each stage', async (page) => {
  const outcomes = await page.evaluate(
    async (bad) => {
      const { connect, through, pause } = /** @type {any} */ (globalThis);
      const abort = async (path, when) => {
        const controller = new AbortController();
        if (when === 'before') controller.abort();
        const transport = through(bad, path);
        const connecting = connect(transport, { port: 80, hostname: 'server.example', signal: controller.signal });
        if (when === 'later') await pause(500);
        controller.abort();
        return connecting.then(
          () => 'connected',
          (error) => error.code,
        );
      };
      const stages = ['before', 'at once', 'later'].flatMap((when) =>
        ['/never', '/silent', '/half', '/hello'].map((path) => [path, when]),
      );
      return Promise.all(stages.map(([path, when]) => abort(path, when).catch((error) => error.code)));
    },
    { url: bad.url, hash: bad.hash },
  );
  const all = Array(4).fill('aborted');
  assert.deepEqual(outcomes, [...all, ...all, 'aborted', 'aborted', 'aborted', 'connected']);
});

testInPages('what the relay refuses has a code', async (page) => {
  const allow = [`127.0.0.1:${echo.port}`, `localhost:${echo.port}`, '127.0.0.1:1', '*:80'];
  const settings = { allow, token: 'secret', origins: [pages.url] };
  const relay = await startRelay(program, settings);
  const strict = await startRelay(program, { ...settings, origins: ['https://other.example'] });
  try {
    const outcomes = await page.evaluate(
      async ({ relay, strict, port }) => {
        const { connect, through } = /** @type {any} */ (globalThis);
        const to = async (hostname, port, { path = '', token = undefined, to = relay } = {}) => {
          try {
            const wire = await connect(through(to, path, { token }), { hostname, port });
            wire.destroy();
            return 'connected';
          } catch (error) {
            return error.code;
          }
        };
        const known = { token: 'secret' };
        return {
          token: await to('127.0.0.1', port, known),
          'token in the URL': await to('127.0.0.1', port, { path: '?token=secret' }),
          'no token': await to('127.0.0.1', port),
          'another token': await to('127.0.0.1', port, { token: 'Secret' }),
          'another token in the URL': await to('127.0.0.1', port, { path: '?token=x', token: 'secret' }),
          'another origin': await to('127.0.0.1', port, { ...known, to: strict }),
          'another port': await to('127.0.0.1', port + 1, known),
          'another host': await to('127.0.0.2', port, known),
          'nothing listens': await to('127.0.0.1', 1, known),
          'loopback by a wildcard': await to('127.0.0.2', 80, known),
          'loopback by a name': await to('localhost', 80, known),
          'loopback by a name of the list': await to('localhost', port, known),
          'a long name': await to('x'.repeat(256), 80, known),
        };
      },
      { relay: { url: relay.url, hash: relay.hash }, strict: { url: strict.url, hash: strict.hash }, port: echo.port },
    );
    assert.deepEqual(outcomes, {
      token: 'connected',
      'token in the URL': 'connected',
      'no token': 'relay-unauthorized',
      'another token': 'relay-unauthorized',
      'another token in the URL': 'relay-unreachable',
      'another origin': 'relay-unreachable',
      'another port': 'relay-blocked',
      'another host': 'relay-blocked',
      'nothing listens': 'connect-refused',
      'loopback by a wildcard': 'relay-blocked',
      'loopback by a name': 'relay-blocked',
      'loopback by a name of the list': 'relay-blocked',
      'a long name': 'host-not-found',
    });
  } finally {
    await strict.close();
    await relay.close();
  }
});
