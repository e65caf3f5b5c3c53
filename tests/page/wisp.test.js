// The Wisp transport in pages and workers: against what its relay's URL is resolved, and how long its carrier stays.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startProxy } from '../servers/proxy.js';
import { launchChromium, launchFirefox, serveWithRelay } from './support.js';

/** Connects through the relay at that URL; gives the failure, or `open`. */
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

/** Connects in a worker. */
const WORKER = `(${connect})({ relay: '../wisp/', url: 'ws://server.example/' }).catch(String).then(postMessage);`;

let server;
let relay;
let pages;
let close;
let proxy;
before(async () => {
  ({ server, relay, pages, close } = await serveWithRelay({}, { '/deep/worker.js': WORKER }));
  proxy = await startProxy(relay.port);
});
after(async () => {
  await proxy.close();
  await close();
});

for (const [name, launch] of Object.entries({ Chromium: launchChromium, Firefox: launchFirefox })) {
  test(`${name}: the relay's URL is relative to the page or the worker, and may be another realm's`, async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(60_000);
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
      // A blob: URL is no base.
      assert.match(`${inWorkers[1]}`, /TypeError.*'\.\.\/wisp\/'/);
    } finally {
      await browser.close();
    }
  });

  test(`${name}: an idle carrier stays for the next socket`, async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(60_000);
      await page.goto(pages.url);
      const before = proxy.connections;
      for (let sockets = 0; sockets < 3; sockets += 1) {
        const args = { relay: proxy.url, url: `${server.url}/echo` };
        assert.equal(await page.evaluate(connect, args), 'open');
      }
      assert.equal(proxy.connections - before, 1);
    } finally {
      await browser.close();
    }
  });
}
