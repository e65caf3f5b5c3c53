// needs: rust chromium firefox
// webTransport() in pages, through the relay of examples/relay-webtransport.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startEcho } from '../../scripts/servers.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import * as targets from '../support/relays/targets.js';
import { buildRelay, startRelay } from '../support/relays/web-transport.js';
import { localhost, root } from '../support/tls/pki.js';

const MiB = 1024 * 1024;
/** More than all buffers on the way together can take. */
const LARGE = 192 * MiB;

const running = [];
const start = async (starting) => {
  const server = await starting;
  running.push(server);
  return server;
};
let relay;
let pages;
let servers;
before(async () => {
  const program = await buildRelay();
  relay = await start(
    startRelay(program, { allow: ['127.0.0.1:*', 'localhost:*'], env: { RELAY_ALLOW_PRIVATE: '1' } }),
  );
  pages = await start(servePages());
  servers = {
    echo: await start(startEcho()),
    secure: await start(startEcho({ certificate: localhost() })),
    tcpEcho: await start(targets.startTcpEcho()),
    counter: await start(targets.startCounter()),
    earlyEnd: await start(targets.startEarlyEnd()),
    resetter: await start(targets.startResetter()),
    watcher: await start(targets.startWatcher()),
    flood: await start(targets.startFlood(LARGE)),
    sink: await start(targets.startSink()),
  };
});
after(async () => {
  for (const server of running.reverse()) await server.close();
});

/**
 * Puts helpers into the page: `through`, a transport through the relay whose sessions are counted in `sessions`.
 * @param {import('puppeteer-core').Page} page
 */
async function prepare(page) {
  await page.goto(pages.url);
  await page.evaluate(
    async ({ url, hash }) => {
      const { webTransport } = await import(/** @type {any} */ ('/dist/transports.js'));
      const shim = await import(/** @type {any} */ ('/dist/browser.js'));
      const wire = await import(/** @type {any} */ ('/tests/support/relays/wire.js'));
      const events = await import(/** @type {any} */ ('/tests/support/events.js'));
      let sessions = 0;
      class Counted extends WebTransport {
        constructor(...args) {
          super(.../** @type {[any]} */ (args));
          sessions += 1;
        }
      }
      const serverCertificateHashes = [{ algorithm: 'sha-256', value: new Uint8Array(hash) }];
      const through = (options) => webTransport(url, { WebTransport: Counted, serverCertificateHashes, ...options });
      Object.assign(globalThis, { ...shim, ...wire, ...events, through, sessions: () => sessions });
    },
    { url: relay.url, hash: relay.hash },
  );
}

/** @param {string} title @param {(page: import('puppeteer-core').Page) => Promise<void>} run */
function testInPages(title, run) {
  testInBrowsers(['chromium', 'firefox'], title, async (page) => {
    await prepare(page);
    await run(page);
  });
}

testInPages('messages of each size, over ws: and wss:, through one session', async (page) => {
  const ca = root().certPem;
  const result = await page.evaluate(
    async ({ ws, wss, ca }) => {
      const { WebSocket, connectionOf, echoed, next, shut, through, sessions } = /** @type {any} */ (globalThis);
      const outcome = { sizes: [], tls: [] };
      for (const url of [ws, wss]) {
        const socket = new WebSocket(url, { transport: through({ tls: { ca } }) });
        await next(socket, 'open');
        for (const size of [0, 1, 125, 126, 65_535, 65_536, 1_000_000, 5_000_000]) {
          const text = 'x'.repeat(size);
          outcome.sizes.push((await echoed(socket, text)) === text ? size : 'changed');
        }
        outcome.tls.push(connectionOf(socket).tls?.protocol ?? null);
        await shut(socket);
      }
      return { ...outcome, sessions: sessions() };
    },
    { ws: servers.echo.url, wss: servers.secure.url, ca },
  );
  const sizes = [0, 1, 125, 126, 65_535, 65_536, 1_000_000, 5_000_000];
  assert.deepEqual(result, { sizes: [...sizes, ...sizes], tls: [null, 'TLSv1.3'], sessions: 1 });
});

testInPages('each direction ends alone', async (page) => {
  const result = await page.evaluate(
    async ({ counter, earlyEnd }) => {
      const { connect, through, until } = /** @type {any} */ (globalThis);
      const first = await connect(through(), { port: counter });
      first.write(100_000);
      first.end();
      await until(() => first.outcome);
      // The server's end doesn't end this side.
      const second = await connect(through(), { port: earlyEnd });
      await until(() => second.outcome);
      second.write('after the end');
      second.end();
      return [first.text, first.outcome, second.text, second.outcome];
    },
    { counter: servers.counter.port, earlyEnd: servers.earlyEnd.port },
  );
  assert.deepEqual(result, ['100000', 'end', 'hello', 'end']);
  while (!servers.earlyEnd.received().endsWith('after the end')) await new Promise(setImmediate);
});

testInPages('a reset arrives as one, in both directions', async (page) => {
  const { ends } = servers.watcher;
  ends.length = 0;
  const result = await page.evaluate(
    async ({ resetter, watcher }) => {
      const { connect, through, until } = /** @type {any} */ (globalThis);
      const wire = await connect(through(), { port: resetter });
      wire.write('x');
      await until(() => wire.outcome);
      const mine = await connect(through(), { port: watcher });
      await until(() => mine.text === 'hello');
      mine.destroy();
      return wire.outcome;
    },
    { resetter: servers.resetter.port, watcher: servers.watcher.port },
  );
  assert.equal(result, 'transport-failed');
  while (ends.length === 0) await new Promise(setImmediate);
  assert.deepEqual(ends, ['ECONNRESET']);
});

testInPages('a paused socket stops its server, and no other socket', async (page) => {
  const before = servers.flood.sent().length;
  const result = await page.evaluate(
    async ({ flood, tcpEcho }) => {
      const { connect, through, until, pause, sessions } = /** @type {any} */ (globalThis);
      const paused = await connect(through(), { port: flood });
      paused.pause();
      const other = await connect(through(), { port: tcpEcho });
      // Back-pressure has reached the server when nothing more comes; the other socket goes on all the time.
      for (let echoes = 0; echoes < 50; echoes += 1) {
        other.write(echoes % 10 === 0 ? 100_000 : 'x');
        await until(() => other.received === other.flushed);
        await pause(20);
      }
      Object.assign(globalThis, { paused });
      return { whilePaused: paused.received, echoed: other.received, sessions: sessions() };
    },
    { flood: servers.flood.port, tcpEcho: servers.tcpEcho.port },
  );
  assert.deepEqual({ ...result, whilePaused: 0 }, { whilePaused: 0, echoed: 500_045, sessions: 1 });
  assert.ok(result.whilePaused < MiB, `${result.whilePaused} bytes were delivered`);
  const sent = servers.flood.sent()[before];
  assert.ok(sent < LARGE / 2, `${sent} bytes were sent to a socket that reads nothing`);
  const rest = await page.evaluate(async () => {
    const { paused, until } = /** @type {any} */ (globalThis);
    paused.resume();
    await until(() => paused.outcome);
    return [paused.received, paused.outcome];
  });
  assert.deepEqual(rest, [LARGE, 'end']);
});

testInPages('a server that reads nothing stops its socket, and no other', async (page) => {
  const result = await page.evaluate(
    async ({ sink, tcpEcho, large }) => {
      const { connect, through, until, pause, sessions } = /** @type {any} */ (globalThis);
      const stopped = await connect(through(), { port: sink });
      for (let written = 0; written < large; written += 65_536) stopped.write(65_536);
      const other = await connect(through(), { port: tcpEcho });
      for (let echoes = 0; echoes < 50; echoes += 1) {
        other.write(echoes % 10 === 0 ? 100_000 : 'x');
        await until(() => other.received === other.flushed);
        await pause(20);
      }
      Object.assign(globalThis, { stopped });
      return { flushed: stopped.flushed, echoed: other.received, sessions: sessions() };
    },
    { sink: servers.sink.port, tcpEcho: servers.tcpEcho.port, large: LARGE },
  );
  assert.deepEqual({ ...result, flushed: 0 }, { flushed: 0, echoed: 500_045, sessions: 1 });
  assert.ok(result.flushed < LARGE / 2, `${result.flushed} bytes are flushed to a server that reads nothing`);
  servers.sink.release();
  const rest = await page.evaluate(async () => {
    const { stopped, until } = /** @type {any} */ (globalThis);
    stopped.end();
    await until(() => stopped.outcome);
    return [stopped.flushed, stopped.text, stopped.outcome];
  });
  assert.deepEqual(rest, [LARGE, `${LARGE}`, 'end']);
});

testInPages('200 sockets at once', async (page) => {
  const result = await page.evaluate(async (url) => {
    const { WebSocket, echoed, next, shut, through, sessions } = /** @type {any} */ (globalThis);
    const transport = through();
    const sockets = Array.from({ length: 200 }, () => new WebSocket(url, { transport }));
    await Promise.all(sockets.map((socket) => next(socket, 'open')));
    const echoes = await Promise.all(sockets.map((socket, index) => echoed(socket, `${index}`)));
    const closes = await Promise.all(sockets.map(shut));
    const clean = closes.filter((close) => close?.wasClean).length;
    return { right: echoes.filter((echo, index) => echo === `${index}`).length, clean, sessions: sessions() };
  }, servers.echo.url);
  assert.deepEqual(result, { right: 200, clean: 200, sessions: 1 });
});
