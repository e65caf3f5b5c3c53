// The life of a socket (WHATWG WebSockets 7 and 8): what becomes of it when its page, worker or frame goes away, and when
// nobody holds it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { webkit } from '../../scripts/setup/browsers.js';
import { launchPuppet } from '../dom/engines/puppeteer.js';
import { launchWebKit } from '../dom/engines/webkit.js';
import { launchChromium, launchFirefox, serveWithRelay } from './support.js';

let server;
let relay;
let pages;
let close;
before(async () => {
  ({ server, relay, pages, close } = await serveWithRelay({
    '/elsewhere': { html: 'elsewhere' },
    '/frame': { html: 'a frame' },
  }));
});
after(() => close());

let lastKey = 0;
const newKey = () => {
  lastKey += 1;
  return `life-${lastKey}`;
};

/** What the server saw of the connection with that key, once it is over. */
async function fate(key) {
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = new (await import('ws')).WebSocket(`${server.url}/log?key=${key}`);
    const [entry] = await new Promise((resolve) => socket.once('message', (text) => resolve(JSON.parse(`${text}`))));
    socket.terminate();
    if (entry) return entry.closeCode;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the connection is still open');
}

/** Opens a socket in a page and leaves it open; runs in the page, a frame or a worker. */
async function leaveOpen({ wire, relay, url }) {
  const { WebSocket, wisp, native } = await import(new URL('/dist/browser.js', self.origin).href);
  const socket = new WebSocket(url, { transport: wire === 'relay' ? wisp(relay) : native });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onclose = () => reject(new Error('closed'));
  });
  /** @type {any} */ (globalThis).kept = socket;
}

const OPEN = String(leaveOpen);

const LAUNCH = {
  Chromium: () => launchPuppet(launchChromium),
  Firefox: () => launchPuppet(launchFirefox),
  WebKit: async () => launchWebKit(await webkit()),
};

for (const [name, launch] of Object.entries(LAUNCH)) {
  test(`${name}: sockets end with their page, frame and worker`, async () => {
    const browser = await launch();
    try {
      for (const wire of ['relay', 'native']) {
        await browser.open(pages.url);
        const job = () => {
          const key = newKey();
          return { key, args: { wire, relay: relay.url, url: `${server.url}/echo?key=${key}` } };
        };

        for (const end of ['is removed', 'is navigated']) {
          const inFrame = job();
          await browser.evaluate(
            async ({ open, args, end }) => {
              const frame = document.createElement('iframe');
              frame.src = '/frame';
              document.body.append(frame);
              await new Promise((resolve) => frame.addEventListener('load', resolve));
              await /** @type {any} */ (frame.contentWindow).eval(`(${open})`)(args);
              if (end === 'is removed') frame.remove();
              else frame.src = '/elsewhere';
            },
            { open: OPEN, args: inFrame.args, end },
          );
          // 1001; but a page that is left may have no carrier any more that would bring it.
          const due = end === 'is navigated' && wire === 'relay' ? [1001, 1006] : [1001];
          const code = await fate(inFrame.key);
          assert.ok(due.includes(code), `a frame ${end}, ${wire}: ${code}`);
        }

        const inWorker = job();
        await browser.evaluate(
          async ({ open, args }) => {
            const code = `const open = ${open}; onmessage = async ({ data }) => { await open(data); postMessage('open'); };`;
            const worker = new Worker(URL.createObjectURL(new Blob([code])));
            worker.postMessage(args);
            await new Promise((resolve) => worker.addEventListener('message', resolve));
            worker.terminate();
          },
          { open: OPEN, args: inWorker.args },
        );
        // A worker that is terminated runs nothing any more: the connection is dropped, or closed by its carrier.
        assert.ok([1001, 1006].includes(await fate(inWorker.key)), `a worker is terminated, ${wire}`);

        // The browser's own WebSocket may live on with a page that can be come back to.
        if (wire === 'relay') {
          const inPage = job();
          await browser.evaluate(leaveOpen, inPage.args);
          await browser.open(`${pages.url}/elsewhere`);
          // 1001, where the browser lets a last frame through.
          assert.ok([1001, 1006].includes(await fate(inPage.key)), `the page is left, ${wire}`);
        }
      }
    } finally {
      await browser.close();
    }
  });

  test(`${name}: a frame that its socket's error handler removes takes the socket along`, async () => {
    const browser = await launch();
    try {
      for (const wire of ['relay', 'native']) {
        await browser.open(pages.url);
        const outcome = await browser.evaluate(
          async ({ wire, relay, url }) => {
            const frame = document.createElement('iframe');
            frame.src = '/frame';
            document.body.append(frame);
            await new Promise((resolve) => frame.addEventListener('load', resolve));
            const theirs = /** @type {any} */ (frame.contentWindow);
            const { WebSocket, wisp, native } = await theirs.eval("import('/dist/browser.js')");
            const socket = new WebSocket(url, { transport: wire === 'relay' ? wisp(relay) : native });
            await new Promise((resolve) => {
              socket.onerror = () => resolve(frame.remove());
            });
            await new Promise((resolve) => setTimeout(resolve, 100));
            socket.close();
            return { readyState: socket.readyState, frames: document.querySelectorAll('iframe').length };
          },
          { wire, relay: relay.url, url: `${server.url}/status?code=403` },
        );
        assert.deepEqual(outcome, { readyState: 3, frames: 0 }, wire);
      }
    } finally {
      await browser.close();
    }
  });
}

test('each realm has its own class', async () => {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(pages.url);
    const outcome = await page.evaluate(async () => {
      const frame = document.createElement('iframe');
      frame.src = '/frame';
      document.body.append(frame);
      await new Promise((resolve) => frame.addEventListener('load', resolve));
      const theirs = /** @type {any} */ (frame.contentWindow);
      const mine = await import(/** @type {any} */ ('/dist/browser.js'));
      theirs.pack = await theirs.eval("import('/dist/browser.js')");
      const socket = new theirs.pack.WebSocket('/relative', { transport: () => new Promise(() => {}) });
      return {
        other: theirs.pack.WebSocket !== mine.WebSocket,
        instance: socket instanceof theirs.EventTarget && !(socket instanceof EventTarget),
        url: new URL(socket.url).pathname,
      };
    });
    assert.deepEqual(outcome, { other: true, instance: true, url: '/relative' });
  } finally {
    await browser.close();
  }
});

test('a socket that may still fire is kept, and one that is closed is not', async () => {
  const browser = await launchChromium('--js-flags=--expose-gc');
  try {
    const page = await browser.newPage();
    await page.goto(pages.url);
    const outcome = await page.evaluate(
      async ({ relay, url }) => {
        const { WebSocket, wisp } = await import(/** @type {any} */ ('/dist/browser.js'));
        const collect = async () => {
          for (let i = 0; i < 5; i += 1) {
            await new Promise((resolve) => setTimeout(resolve, 20));
            /** @type {any} */ (globalThis).gc();
          }
        };
        /** @type {WeakRef<any>} */
        let open;
        let messages = 0;
        // Nobody holds it from here on, but for its listeners.
        await new Promise((resolve) => {
          const socket = new WebSocket(url, { transport: wisp(relay) });
          open = new WeakRef(socket);
          socket.addEventListener('message', () => {
            messages += 1;
          });
          socket.addEventListener('open', resolve);
        });
        await collect();
        open.deref()?.send('still there');
        await new Promise((resolve) => setTimeout(resolve, 200));
        open.deref()?.close();
        await new Promise((resolve) => setTimeout(resolve, 200));
        await collect();
        return { messages, gone: open.deref() === undefined };
      },
      { relay: relay.url, url: `${server.url}/echo` },
    );
    assert.deepEqual(outcome, { messages: 1, gone: true });
  } finally {
    await browser.close();
  }
});
