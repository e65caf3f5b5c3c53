// DEFLATE is a WebAssembly module of its own in a page: who loads it when, and what happens where it can't be had, or aborts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { abortingWasm } from '../aborting.js';
import { launchChromium, servePages } from './support.js';

const CODEC = '/dist/codec.wasm';
const SERVICE = `import { WebSocket, wisp } from '/dist/browser.js';
addEventListener('message', ({ data: { echo, relay }, source }) => {
  const socket = new WebSocket(echo, { transport: wisp(relay) });
  socket.onopen = () => socket.send('x'.repeat(9000));
  socket.onmessage = ({ data }) => source.postMessage(socket.extensions + ' ' + data.length);
});`;

let echo;
let relay;
let browser;
const servers = {};
before(async () => {
  echo = await startEcho({ perMessageDeflate: { threshold: 0 } });
  relay = await startRelay({ targets: [echo.port] });
  const aborting = abortingWasm(new URL('../../dist/codec.wasm', import.meta.url), 'run');
  const strict = { html: '', csp: `connect-src ${new URL(relay.url).origin}` };
  servers.whole = await servePages({ '/strict': strict }, { '/service.js': SERVICE });
  servers.broken = await servePages({}, { [CODEC]: '<!doctype html>' });
  servers.other = await servePages({}, { [CODEC]: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0) });
  servers.aborting = await servePages({}, { [CODEC]: aborting });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  for (const running of [...Object.values(servers), relay, echo]) await running.close();
});

/** A page, with what it asked the server for and what stood in its console. */
async function openPage({ url }) {
  const page = await browser.newPage();
  const requests = [];
  const said = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  page.on('console', (message) => said.push(message.text()));
  await page.goto(url);
  return { page, said, fetched: () => requests.filter((path) => path === CODEC).length };
}

/** Connects once over each of the transports named, to hosts of two names, and tells what became of it. */
function connect({ page }, transports, options = {}) {
  return page.evaluate(
    async (echo, relay, transports, options) => {
      const path = '/dist/browser.js';
      const { WebSocket, connectionOf, native, wisp } = await import(path);
      const by = { native, wisp: wisp(relay) };
      // Attempts at one host would wait for each other.
      const hosts = ['127.0.0.1', 'localhost'];
      const one = (name, i) =>
        new Promise((resolve) => {
          const socket = new WebSocket(echo.replace(hosts[0], hosts[i % 2]), { transport: by[name], ...options });
          socket.onopen = () => socket.send('x'.repeat(9000));
          socket.onmessage = ({ data }) => resolve(`${socket.extensions} ${data.length}`);
          socket.onclose = ({ code }) => resolve(`${code} ${connectionOf(socket).failure?.message}`);
        });
      return Promise.all(transports.map(one));
    },
    echo.url,
    relay.url,
    transports,
    options,
  );
}

const COMPRESSED = 'permessage-deflate 9000';

test('a page over native, and one that offers no compression, never loads it', async () => {
  const opened = await openPage(servers.whole);
  assert.deepEqual(await connect(opened, ['native'], {}), [COMPRESSED]);
  assert.deepEqual(await connect(opened, ['wisp'], { perMessageDeflate: false }), [' 9000']);
  assert.equal(opened.fetched(), 0);
});

test('the first connection over bytes loads it, and no other', async () => {
  const opened = await openPage(servers.whole);
  assert.deepEqual(await connect(opened, ['wisp', 'wisp', 'native']), [COMPRESSED, COMPRESSED, COMPRESSED]);
  assert.deepEqual(await connect(opened, ['wisp']), [COMPRESSED]);
  assert.equal(opened.fetched(), 1);
  assert.deepEqual(opened.said, []);
});

test('a connection that is given up while it loads ends as any other', async () => {
  const opened = await openPage(servers.whole);
  const events = await opened.page.evaluate(
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
    echo.url,
    relay.url,
  );
  assert.deepEqual(events, ['error 3', 1006]);
});

for (const [name, why] of Object.entries({ broken: /CompileError/, other: /not a function/ })) {
  test(`where the file is ${name}, connections go without compression, and the console says why`, async () => {
    const opened = await openPage(servers[name]);
    assert.deepEqual(await connect(opened, ['wisp', 'native', 'wisp']), [' 9000', COMPRESSED, ' 9000']);
    const [warning, ...more] = opened.said;
    assert.match(warning ?? '', /without compression.*'websocket-wasm\/deflate'/);
    assert.match(warning ?? '', why);
    assert.deepEqual(more, []);
  });
}

test("where the page brings it by 'deflate', it is there for the first connection", async () => {
  const opened = await openPage(servers.whole);
  await opened.page.evaluate(async (path) => void (await import(path)), '/dist/deflate.js');
  assert.deepEqual(await connect(opened, ['wisp']), [COMPRESSED]);
  assert.equal(opened.fetched(), 0);
});

test("a policy that forbids to fetch it doesn't forbid to import it", async () => {
  const page = async () => openPage({ url: `${servers.whole.url}/strict` });
  assert.deepEqual(await connect(await page(), ['wisp']), [' 9000']);
  const importing = await page();
  await importing.page.evaluate(async (path) => void (await import(path)), '/dist/deflate.js');
  assert.deepEqual(await connect(importing, ['wisp']), [COMPRESSED]);
});

test('a service worker loads it too', async () => {
  const { page } = await openPage(servers.whole);
  const said = await page.evaluate(
    async (servers) => {
      await navigator.serviceWorker.register('/service.js', { type: 'module' });
      const { active } = await navigator.serviceWorker.ready;
      return new Promise((resolve) => {
        navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
        active?.postMessage(servers);
      });
    },
    { echo: echo.url, relay: relay.url },
  );
  assert.equal(said, COMPRESSED);
});

test('if it aborts, the sockets of its core end with 1006, and the next one has a fresh core', async () => {
  const opened = await openPage(servers.aborting);
  const [ended] = await connect(opened, ['wisp']);
  assert.match(ended, /^1006 the WebAssembly core stopped: unreachable/);
  assert.deepEqual(await connect(opened, ['wisp'], { perMessageDeflate: false }), [' 9000']);
});
