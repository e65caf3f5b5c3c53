// needs: rust chromium firefox
// Sessions of webTransport(): which sockets share one, and what becomes of them when the relay dies.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { testInBrowsers } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import { startTcpEcho } from '../support/relays/targets.js';
import { buildRelay, startRelay } from '../support/relays/web-transport.js';

let program;
let pages;
let echo;
before(async () => {
  program = await buildRelay();
  pages = await servePages();
  echo = await startTcpEcho();
});
after(async () => {
  for (const server of [echo, pages]) await server?.close();
});

/**
 * Runs a test with a relay of its own. In the page, `through()` is a transport through it whose sessions are in `sessions`.
 * @param {string} title
 * @param {(page: import('puppeteer-core').Page, relay: Awaited<ReturnType<typeof startRelay>>) => Promise<void>} run
 */
function testWithRelay(title, run) {
  testInBrowsers(['chromium', 'firefox'], title, async (page) => {
    const relay = await startRelay(program, { allow: ['127.0.0.1:*'] });
    try {
      await page.goto(pages.url);
      await page.evaluate(
        async ({ url, hash, port }) => {
          const { webTransport } = await import(/** @type {any} */ ('/dist/transports.js'));
          const wire = await import(/** @type {any} */ ('/tests/support/relays/wire.js'));
          const events = await import(/** @type {any} */ ('/tests/support/events.js'));
          const sessions = [];
          class Counted extends WebTransport {
            constructor(...args) {
              super(.../** @type {[any]} */ (args));
              sessions.push(this);
            }
          }
          const serverCertificateHashes = [{ algorithm: 'sha-256', value: new Uint8Array(hash) }];
          const through = (path = '', options = {}) =>
            webTransport(new URL(path, url), { WebTransport: Counted, serverCertificateHashes, ...options });
          /** Connects to the echo server, and sees whether it answers. */
          const echoing = async (transport = through()) => {
            const socket = await wire.connect(transport, { port });
            socket.write('hello');
            await events.until(() => socket.text === 'hello' || socket.outcome);
            return socket;
          };
          Object.assign(globalThis, { ...events, through, echoing, sessions });
        },
        { url: relay.url, hash: relay.hash, port: echo.port },
      );
      await run(page, relay);
    } finally {
      await relay.close();
    }
  });
}

testWithRelay('sockets with the same URL and options share a session', async (page) => {
  const counts = await page.evaluate(async () => {
    const { through, echoing, sessions } = /** @type {any} */ (globalThis);
    const counts = [];
    const with_ = async (...args) => {
      await echoing(through(...args));
      counts.push(sessions.length);
    };
    await with_();
    await with_();
    await with_('?other');
    await with_('', { token: 'other' });
    await with_('', { token: 'other' });
    await with_('', { congestionControl: 'throughput' });
    await with_('', { tls: {} });
    return counts;
  });
  assert.deepEqual(counts, [1, 1, 2, 3, 3, 4, 4]);
});

testWithRelay('a session is kept for the next socket, and closed later', async (page) => {
  const kept = await page.evaluate(async () => {
    const { echoing, sessions, pause } = /** @type {any} */ (globalThis);
    for (let sockets = 0; sockets < 3; sockets += 1) {
      const socket = await echoing();
      socket.destroy();
      await pause();
    }
    // Ended by both sides, and not dropped.
    const socket = await echoing();
    socket.end();
    const first = sessions.length;
    await sessions[0].closed;
    await echoing();
    return [first, sessions.length];
  });
  assert.deepEqual(kept, [1, 2]);
});

for (const signal of /** @type {const} */ (['SIGTERM', 'SIGKILL'])) {
  testWithRelay(
    `sockets fail when the relay dies by ${signal}, and the next one has a new session`,
    async (page, relay) => {
      await page.evaluate(async () => {
        const { echoing } = /** @type {any} */ (globalThis);
        const sockets = [await echoing(), await echoing()];
        sockets[1].pause();
        Object.assign(globalThis, { sockets });
      });
      await relay.close(signal);
      const outcomes = await page.evaluate(async () => {
        const { sockets, until } = /** @type {any} */ (globalThis);
        await until(() => sockets.every(({ outcome }) => outcome));
        return sockets.map(({ outcome }) => outcome);
      });
      assert.deepEqual(outcomes, ['relay-closed', 'relay-closed']);
      const next = await page.evaluate(async () => {
        const { echoing } = /** @type {any} */ (globalThis);
        return echoing().catch((error) => error.code);
      });
      assert.match(next, /^relay-(unreachable|timeout)$/);
      const again = await startRelay(program, {
        allow: ['127.0.0.1:*'],
        listen: `127.0.0.1:${relay.port}`,
        certificate: relay.certificate,
      });
      try {
        const text = await page.evaluate(async () => (await /** @type {any} */ (globalThis).echoing()).text);
        assert.equal(text, 'hello');
      } finally {
        await again.close();
      }
    },
  );
}

testWithRelay(
  'a session that leaves an attempt unanswered gets no new sockets, and keeps those that it has',
  async (page, relay) => {
    await page.evaluate(async () => {
      const { echoing } = /** @type {any} */ (globalThis);
      Object.assign(globalThis, { socket: await echoing() });
    });
    relay.signal('SIGSTOP');
    const aborted = await page.evaluate(async () => {
      const { through, echoing, pause, sessions } = /** @type {any} */ (globalThis);
      const controller = new AbortController();
      const transport = through();
      const attempt = echoing((target) => transport({ ...target, signal: controller.signal }));
      await pause(200);
      controller.abort();
      const code = await attempt.catch((error) => error.code);
      Object.assign(globalThis, { next: echoing() });
      await pause(200);
      return [code, sessions.length];
    });
    relay.signal('SIGCONT');
    assert.deepEqual(aborted, ['aborted', 2]);
    const result = await page.evaluate(async () => {
      const { next, socket, until } = /** @type {any} */ (globalThis);
      socket.write(' again');
      await until(() => socket.text !== 'hello' || socket.outcome);
      return [(await next).text, socket.text];
    });
    assert.deepEqual(result, ['hello', 'hello again']);
  },
);
