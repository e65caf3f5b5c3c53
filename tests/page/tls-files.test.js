// tls.wasm and roots.bin in a page: when they are fetched, and what happens if they can't be loaded.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { sharedChromium } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import { localhost, root } from '../support/tls/pki.js';
import { startTls } from '../support/tls/server.js';
import { trappingWasm } from '../support/wasm.js';

const [MODULE, ROOTS] = ['/dist/tls.wasm', '/dist/roots.bin'];

const servers = /** @type {any} */ ({});
before(async () => {
  servers.echo = await startEcho();
  servers.secure = await startTls({ certificate: localhost() });
  servers.relay = await startRelay({ targets: [servers.echo.port, servers.secure.port] });
  servers.pages = await servePages({ '/strict': { html: '', csp: `connect-src ${servers.relay.origin}` } });
});
after(async () => {
  for (const server of Object.values(servers)) await server.close();
});
const browser = sharedChromium();

/**
 * Opens a page.
 * @param {string} [path]
 * @param {Record<string, (request: import('puppeteer-core').HTTPRequest) => unknown>} [answers] by path; a request that has
 *   none goes to the server
 */
async function openPage(path = '/', answers = {}) {
  const page = await browser.newPage();
  const fetched = [];
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if ([MODULE, ROOTS].includes(pathname)) fetched.push(pathname);
    const answer = answers[pathname] ?? (() => request.continue());
    answer(request);
  });
  await page.goto(servers.pages.url + path);
  return { page, fetched };
}

/** Connects through the relay, and resolves with `open`, or the failure's code and message. */
function connect({ page }, url = servers.secure.url, tls = undefined) {
  return page.evaluate(
    async (url, relay, tls) => {
      const path = '/dist/browser.js';
      const { WebSocket, connectionOf, wisp } = await import(path);
      const socket = new WebSocket(url, { transport: wisp(relay), ...(tls && { tls }) });
      return new Promise((resolve) => {
        socket.onopen = () => {
          resolve('open');
          socket.onclose = null;
          socket.close();
        };
        socket.onclose = () => {
          const { code, message } = connectionOf(socket).failure;
          resolve(`${code}: ${message}`);
        };
      });
    },
    url,
    servers.relay.url,
    tls,
  );
}

const trusting = () => ({ ca: root().certPem });
const UNTRUSTED = /^tls-certificate-unknown-issuer: /;
const UNAVAILABLE = /^tls-unavailable: /;
const answer =
  (body, status = 200) =>
  (request) =>
    request.respond({ status, body: Buffer.from(body) });

test('they are fetched once, when a connection first needs them: the authorities, when it is given none', async () => {
  const opened = await openPage();
  assert.equal(await connect(opened, servers.echo.url), 'open');
  assert.deepEqual(opened.fetched, []);
  assert.equal(await connect(opened, servers.secure.url, trusting()), 'open');
  assert.deepEqual(opened.fetched, [MODULE]);
  assert.match(await connect(opened), UNTRUSTED);
  assert.deepEqual(opened.fetched, [MODULE, ROOTS]);
  assert.match(await connect(opened), UNTRUSTED);
  assert.equal(await connect(opened, servers.secure.url, trusting()), 'open');
  assert.deepEqual(opened.fetched, [MODULE, ROOTS]);
});

test('the relay connects while they are fetched', async () => {
  const reached = once(servers.secure.server, 'connection');
  const late = (request) => reached.then(() => request.continue());
  const opened = await openPage('/', { [MODULE]: late, [ROOTS]: late });
  assert.match(await connect(opened), UNTRUSTED);
});

test('a connection that is closed while they are fetched is dropped', { timeout: 30_000 }, async () => {
  const reached = once(servers.secure.server, 'connection');
  const { page } = await openPage('/', { [MODULE]: () => {} });
  await page.evaluate(
    async (url, relay) => {
      const path = '/dist/browser.js';
      const { WebSocket, wisp } = await import(path);
      Object.assign(globalThis, { socket: new WebSocket(url, { transport: wisp(relay) }) });
    },
    servers.secure.url,
    servers.relay.url,
  );
  const [connection] = await reached;
  const dropped = once(connection, 'close');
  await page.evaluate(() => /** @type {any} */ (globalThis).socket.close());
  await dropped;
});

const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
for (const [what, path, body, status] of /** @type {const} */ ([
  ['tls.wasm is missing', MODULE, '', 404],
  ['tls.wasm is a page', MODULE, '<!doctype html>', 200],
  ['tls.wasm is another module', MODULE, empty, 200],
  ['roots.bin is missing', ROOTS, '', 404],
  ['roots.bin is a page', ROOTS, '<!doctype html>', 200],
  ['roots.bin is empty', ROOTS, '', 200],
])) {
  test(`if ${what}, wss: fails and ws: opens; the next connection tries again`, async () => {
    const answers = { [path]: answer(body, status) };
    const opened = await openPage('/', answers);
    const failure = await connect(opened);
    assert.match(failure, UNAVAILABLE);
    assert.match(failure, /'websocket-wasm\/tls'/);
    if (status === 404) assert.match(failure, new RegExp(`${path} was answered with 404`));
    if (path === ROOTS) assert.equal(await connect(opened, servers.secure.url, trusting()), 'open');
    assert.equal(await connect(opened, servers.echo.url), 'open');
    delete answers[path];
    assert.match(await connect(opened), UNTRUSTED);
  });
}

test('a module that traps fails its connections; the next one has a new instance', async () => {
  const trapping = trappingWasm(new URL('../../dist/tls.wasm', import.meta.url), 'receive');
  const opened = await openPage('/', { [MODULE]: answer(trapping) });
  assert.match(await connect(opened), UNAVAILABLE);
  assert.match(await connect(opened), UNAVAILABLE);
  assert.equal(await connect(opened, servers.echo.url), 'open');
  assert.deepEqual(opened.fetched, [MODULE, ROOTS]);
});

test("with the 'tls' entry nothing is fetched, and a Content-Security-Policy may forbid it", async () => {
  assert.match(await connect(await openPage('/strict')), UNAVAILABLE);
  const importing = await openPage('/strict');
  await importing.page.evaluate(async (path) => void (await import(path)), '/dist/tls.js');
  assert.match(await connect(importing), UNTRUSTED);
  assert.equal(await connect(importing, servers.secure.url, trusting()), 'open');
  assert.deepEqual(importing.fetched, []);
});
