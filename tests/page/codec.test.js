// DEFLATE is a WebAssembly module of its own in a page: when it is loaded, and what happens if that fails or it traps.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sharedChromium } from '../support/browsers/tests.js';
import { pagesWithEcho } from '../support/page-servers.js';
import { servePages } from '../support/pages.js';
import { trappingWasm } from '../support/wasm.js';

const CODEC = '/dist/codec.wasm';
const SERVICE = `import { WebSocket, wisp } from '/dist/browser.js';
addEventListener('message', ({ data: { echo, relay }, source }) => {
  const socket = new WebSocket(echo, { transport: wisp(relay) });
  socket.onopen = () => socket.send('x'.repeat(9000));
  socket.onmessage = ({ data }) => source.postMessage(socket.extensions + ' ' + data.length);
});`;

const servers = pagesWithEcho(
  ({ relay }) => [{ '/strict': { html: '', csp: `connect-src ${relay.origin}` } }, { '/service.js': SERVICE }],
  { perMessageDeflate: { threshold: 0 } },
);
const browser = sharedChromium();

/** Sites whose codec.wasm is something else. */
const sites = {};
before(async () => {
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const trapping = trappingWasm(new URL('../../dist/codec.wasm', import.meta.url), 'run');
  for (const [name, codec] of Object.entries({ html: '<!doctype html>', empty, trapping })) {
    sites[name] = await servePages({}, { [CODEC]: codec });
  }
});
after(async () => {
  for (const site of Object.values(sites)) await site.close();
});

/** Opens a page, and records its requests and its console. */
async function openPage(url = servers.pages.url) {
  const page = await browser.newPage();
  const requests = [];
  const lines = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  page.on('console', (message) => lines.push(message.text()));
  await page.goto(url);
  return { page, lines, fetches: () => requests.filter((path) => path === CODEC).length };
}

/** Connects once over each of these transports, to two host names in turn, and resolves with the outcomes. */
function connect({ page }, transports, options = {}) {
  return page.evaluate(
    async (echo, relay, transports, options) => {
      const path = '/dist/browser.js';
      const { WebSocket, connectionOf, native, wisp } = await import(path);
      const by = { native, wisp: wisp(relay) };
      // One attempt at a time connects to a host.
      const hosts = ['127.0.0.1', 'localhost'];
      const one = (name, i) =>
        new Promise((resolve) => {
          const socket = new WebSocket(echo.replace(hosts[0], hosts[i % 2]), { transport: by[name], ...options });
          socket.onopen = () => socket.send('x'.repeat(9000));
          socket.onmessage = ({ data }) => resolve(`${socket.extensions} ${data.length}`);
          socket.onclose = ({ code }) => resolve(`${code} ${connectionOf(socket).failure?.code}`);
        });
      return Promise.all(transports.map(one));
    },
    servers.server.url,
    servers.relay.url,
    transports,
    options,
  );
}

const COMPRESSED = 'permessage-deflate 9000';

test('connections over native, and those that offer no compression, never load it', async () => {
  const opened = await openPage();
  assert.deepEqual(await connect(opened, ['native'], {}), [COMPRESSED]);
  assert.deepEqual(await connect(opened, ['wisp'], { perMessageDeflate: false }), [' 9000']);
  assert.equal(opened.fetches(), 0);
});

test('it is loaded once, by the first connection over bytes', async () => {
  const opened = await openPage();
  assert.deepEqual(await connect(opened, ['wisp', 'wisp', 'native']), [COMPRESSED, COMPRESSED, COMPRESSED]);
  assert.deepEqual(await connect(opened, ['wisp']), [COMPRESSED]);
  assert.equal(opened.fetches(), 1);
  assert.deepEqual(opened.lines, []);
});

test('close() while it loads fires error, then close 1006', async () => {
  const { page } = await openPage();
  const events = await page.evaluate(
    async (echo, relay) => {
      const path = '/dist/browser.js';
      const { WebSocket, wisp } = await import(path);
      const socket = new WebSocket(echo, { transport: wisp(relay) });
      const events = [];
      socket.onerror = () => events.push(`error ${socket.readyState}`);
      await new Promise((resolve) => {
        socket.onclose = ({ code }) => resolve(events.push(code));
        socket.close();
      });
      return events;
    },
    servers.server.url,
    servers.relay.url,
  );
  assert.deepEqual(events, ['error 3', 1006]);
});

for (const [name, why] of Object.entries({ html: /CompileError/, empty: /not a function/ })) {
  test(`if the file is ${name}, connections are not compressed, and one console message says why`, async () => {
    const opened = await openPage(sites[name].url);
    assert.deepEqual(await connect(opened, ['wisp', 'native', 'wisp']), [' 9000', COMPRESSED, ' 9000']);
    const [warning, ...more] = opened.lines;
    assert.match(warning ?? '', /without compression.*'websocket-wasm\/deflate'/);
    assert.match(warning ?? '', why);
    assert.deepEqual(more, []);
  });
}

test("with the 'deflate' entry the first connection is compressed, and nothing is fetched", async () => {
  const opened = await openPage();
  await opened.page.evaluate(async (path) => void (await import(path)), '/dist/deflate.js');
  assert.deepEqual(await connect(opened, ['wisp']), [COMPRESSED]);
  assert.equal(opened.fetches(), 0);
});

test('a Content-Security-Policy that forbids fetching it does not forbid importing it', async () => {
  const strict = `${servers.pages.url}/strict`;
  assert.deepEqual(await connect(await openPage(strict), ['wisp']), [' 9000']);
  const importing = await openPage(strict);
  await importing.page.evaluate(async (path) => void (await import(path)), '/dist/deflate.js');
  assert.deepEqual(await connect(importing, ['wisp']), [COMPRESSED]);
});

test('a service worker loads it, too', async () => {
  const { page } = await openPage();
  const answer = await page.evaluate(
    async (urls) => {
      await navigator.serviceWorker.register('/service.js', { type: 'module' });
      const { active } = await navigator.serviceWorker.ready;
      return new Promise((resolve) => {
        navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
        active?.postMessage(urls);
      });
    },
    { echo: servers.server.url, relay: servers.relay.url },
  );
  assert.equal(answer, COMPRESSED);
});

test('when it traps, the sockets of its core close with 1006, and the next one has a new core', async () => {
  const opened = await openPage(sites.trapping.url);
  assert.deepEqual(await connect(opened, ['wisp']), ['1006 core-stopped']);
  assert.deepEqual(await connect(opened, ['wisp'], { perMessageDeflate: false }), [' 9000']);
});
