// The Wisp transport in pages and workers: the base of its relay's URL, how long its carrier is kept, and its credentials.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { testInBrowsers } from '../support/browsers/tests.js';
import { pagesWithDomServer } from '../support/page-servers.js';
import { startProxy } from '../support/servers/proxy.js';
import { startV2 } from '../support/servers/relay-v2.js';

/** Runs in the page or a worker: connects through the relay at that URL, and resolves with the failure, or `open`. */
async function connect({ relay, url }) {
  const { WebSocket, connectionOf, wisp } = await import(new URL('/dist/browser.js', self.origin).href);
  const socket = new WebSocket(url, { transport: wisp(relay), handshakeTimeout: 20_000 });
  return new Promise((resolve) => {
    socket.onopen = () => {
      socket.close();
      socket.onclose = () => resolve('open');
    };
    socket.onclose = () => resolve(`${connectionOf(socket).failure}`);
  });
}

/** A worker that does it. */
const WORKER = `(${connect})({ relay: '../wisp/', url: 'ws://server.example/' }).catch(String).then(postMessage);`;

const servers = pagesWithDomServer({}, { '/deep/worker.js': WORKER });
let proxy;
before(async () => {
  await servers.ready();
  proxy = await startProxy(servers.relay.port);
});
after(() => proxy?.close());

const title = "the relay's URL is relative to the page or the worker, and may be another realm's";
testInBrowsers(['chromium', 'firefox'], title, async (page) => {
  const { pages, relay, server } = servers;
  await page.goto(pages.url);
  const url = `${server.url}/echo`;
  const args = { connect: String(connect), base: relay.url.replace('ws:', 'http:'), url };
  const inPage = await page.evaluate(async ({ connect, base, url }) => {
    const { wisp } = await import(/** @type {any} */ ('/dist/browser.js'));
    const run = new Function(`return (${connect})(...arguments)`);
    const element = document.createElement('base');
    element.href = base;
    document.head.append(element);
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const theirs = new /** @type {any} */ (frame.contentWindow).URL(base);
    const refused = ['http://', 'data:,x', '#x', { href: base }].map((relay) => {
      try {
        wisp(relay);
        return 'taken';
      } catch (error) {
        return error.name;
      }
    });
    return {
      relative: [await run({ relay: '', url }), await run({ relay: './', url })],
      theirs: await run({ relay: theirs, url }),
      refused,
    };
  }, args);
  assert.deepEqual(inPage, {
    relative: ['open', 'open'],
    theirs: 'open',
    refused: ['TypeError', 'TypeError', 'TypeError', 'TypeError'],
  });

  const inWorkers = await page.evaluate(async (worker) => {
    const asBlob = URL.createObjectURL(new Blob([worker]));
    const ended = (url) =>
      new Promise((resolve) => {
        new Worker(url).onmessage = ({ data }) => resolve(data);
      });
    return [await ended(`${location.origin}/deep/worker.js`), await ended(asBlob)];
  }, WORKER);
  const { host } = new URL(pages.url);
  assert.match(`${inWorkers[0]}`, new RegExp(`ws://${host}/ can.t be reached`));
  // A blob: URL can't be a base.
  assert.match(`${inWorkers[1]}`, /TypeError.*'\.\.\/wisp\/'/);
});

testInBrowsers(['chromium', 'firefox'], 'an idle carrier is kept for the next socket', async (page) => {
  await page.goto(servers.pages.url);
  const before = proxy.connections;
  for (let sockets = 0; sockets < 3; sockets += 1) {
    const args = { relay: proxy.url, url: `${servers.server.url}/echo` };
    assert.equal(await page.evaluate(connect, args), 'open');
  }
  assert.equal(proxy.connections - before, 1);
});

/** Runs in the page: opens sockets before and after an event, and returns what the first one receives afterwards. */
async function openAround({ relay, url, type }) {
  const { WebSocket, wisp } = await import(new URL('/dist/browser.js', self.origin).href);
  const opened = () =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { transport: wisp(relay) });
      socket.onopen = () => resolve(socket);
      socket.onclose = () => reject(new Error('closed'));
    });
  const first = await opened();
  (type === 'online' ? self : document).dispatchEvent(new Event(type));
  const sockets = [first, await opened()];
  const message = new Promise((resolve) => {
    first.onmessage = ({ data }) => resolve(data);
  });
  first.send('still there');
  const received = await message;
  // The first carrier isn't suspect any more, but it was replaced.
  sockets.push(await opened());
  for (const socket of sockets) socket.close();
  return received;
}

for (const type of ['online', 'visibilitychange']) {
  testInBrowsers(
    ['chromium', 'firefox'],
    `after ${type} new sockets use a new carrier, and open ones go on`,
    async (page) => {
      await page.goto(servers.pages.url);
      const before = proxy.connections;
      const args = { relay: proxy.url, url: `${servers.server.url}/echo`, type };
      assert.equal(await page.evaluate(openAround, args), 'still there');
      assert.equal(proxy.connections - before, 2);
    },
  );
}

/** Runs in the page: connects with a new key, which the relay accepts once `trust` has told it. */
async function connectWithKey({ relay }) {
  const { wisp, wispExtensions } = await import(new URL('/dist/transports.js', self.origin).href);
  const key = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  const extensions = wispExtensions({ key: /** @type {CryptoKeyPair} */ (key) });
  const { signal } = new AbortController();
  const target = { hostname: 'host.test', port: 80, secure: false, url: 'ws://host.test/', signal };
  const attempt = () =>
    wisp(relay, { extensions })(target).then(
      (link) => link.destroy() ?? 'connected',
      ({ code }) => code,
    );
  const refused = await attempt();
  const raw = await crypto.subtle.exportKey('raw', /** @type {CryptoKeyPair} */ (key).publicKey);
  await /** @type {any} */ (self).trust([...new Uint8Array(raw)]);
  return [refused, await attempt()];
}

testInBrowsers(['chromium', 'firefox'], 'a key of the page is accepted by a relay that knows it', async (page) => {
  const keys = [];
  const relay = await startV2({ keys });
  try {
    await page.goto(servers.pages.url);
    await page.exposeFunction('trust', (bytes) => void keys.push(Uint8Array.from(bytes)));
    assert.deepEqual(await page.evaluate(connectWithKey, { relay: relay.url }), ['relay-unauthorized', 'connected']);
  } finally {
    await relay.close();
  }
});
