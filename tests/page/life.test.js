// The life of a socket (WHATWG WebSockets 7 and 8): when its page, worker or frame goes away, and when
// nothing refers to it.
import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import { testInBrowsers, testInEveryBrowser } from '../support/browsers/tests.js';
import { pause } from '../support/events.js';
import { pagesWithDomServer } from '../support/page-servers.js';

const servers = pagesWithDomServer({ '/elsewhere': { html: 'elsewhere' }, '/frame': { html: 'a frame' } });

let lastKey = 0;
const newKey = () => {
  lastKey += 1;
  return `life-${lastKey}`;
};

/** The code of the Close frame that the server received on the connection with that key, once it has ended. */
async function closeCodeOf(key) {
  for (let polls = 0; polls < 100; polls += 1) {
    const socket = new WebSocket(`${servers.server.url}/log?key=${key}`);
    const [entry] = await new Promise((resolve) => socket.once('message', (text) => resolve(JSON.parse(`${text}`))));
    socket.terminate();
    if (entry) return entry.closeCode;
    await pause(50);
  }
  throw new Error('the connection is still open');
}

/** Runs in a page, a frame or a worker: opens a socket and leaves it open. */
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

testInEveryBrowser('sockets end with their page, frame and worker', async (page) => {
  const { pages, relay, server } = servers;
  for (const wire of ['relay', 'native']) {
    await page.goto(pages.url);
    const job = () => {
      const key = newKey();
      return { key, args: { wire, relay: relay.url, url: `${server.url}/echo?key=${key}` } };
    };

    for (const end of ['is removed', 'is navigated']) {
      const inFrame = job();
      await page.evaluate(
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
      // 1001; but a page that is left may no longer have a carrier to send it over.
      const expected = end === 'is navigated' && wire === 'relay' ? [1001, 1006] : [1001];
      const code = await closeCodeOf(inFrame.key);
      assert.ok(expected.includes(code), `a frame ${end}, ${wire}: ${code}`);
    }

    const inWorker = job();
    await page.evaluate(
      async ({ open, args }) => {
        const code = `const open = ${open}; onmessage = async ({ data }) => { await open(data); postMessage('open'); };`;
        const worker = new Worker(URL.createObjectURL(new Blob([code])));
        worker.postMessage(args);
        await new Promise((resolve) => worker.addEventListener('message', resolve));
        worker.terminate();
      },
      { open: OPEN, args: inWorker.args },
    );
    // A terminated worker runs no more code: the connection is dropped, or closed by its carrier.
    assert.ok([1001, 1006].includes(await closeCodeOf(inWorker.key)), `a worker is terminated, ${wire}`);

    // The browser's own WebSocket may stay open with a page in the back/forward cache.
    if (wire === 'relay') {
      const inPage = job();
      await page.evaluate(leaveOpen, inPage.args);
      await page.goto(`${pages.url}/elsewhere`);
      // 1001 if the browser sends a last frame.
      assert.ok([1001, 1006].includes(await closeCodeOf(inPage.key)), `the page is left, ${wire}`);
    }
  }
});

testInEveryBrowser("a frame that is removed in its socket's error handler also ends the socket", async (page) => {
  const { pages, relay, server } = servers;
  for (const wire of ['relay', 'native']) {
    await page.goto(pages.url);
    const outcome = await page.evaluate(
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
});

testInBrowsers(['chromium'], 'each realm has a class of its own', async (page) => {
  await page.goto(servers.pages.url);
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
});

const title = 'a socket that may still fire events is not collected; a closed one is';
const exposeGc = ['--js-flags=--expose-gc'];
const isCollected = async (page) => {
  const { pages, relay, server } = servers;
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
      const until = async (done) => {
        while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
      };
      /** @type {WeakRef<any>} */
      let open;
      let messages = 0;
      let closed = false;
      // Only its listeners refer to it from here on.
      await new Promise((resolve) => {
        const socket = new WebSocket(url, { transport: wisp(relay) });
        open = new WeakRef(socket);
        socket.addEventListener('message', () => {
          messages += 1;
        });
        socket.addEventListener('close', () => {
          closed = true;
        });
        socket.addEventListener('open', resolve);
      });
      await collect();
      if (!open.deref()) return { messages, gone: 'while it was open' };
      open.deref().send('still there');
      await until(() => messages > 0);
      open.deref().close();
      await until(() => closed);
      await collect();
      return { messages, gone: open.deref() === undefined };
    },
    { relay: relay.url, url: `${server.url}/echo` },
  );
  assert.deepEqual(outcome, { messages: 1, gone: true });
};
testInBrowsers(['chromium'], title, isCollected, exposeGc);
