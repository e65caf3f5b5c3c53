// A burst of messages in one chunk, over a link in the page: each is a task of its own as far as a script can see.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { testInEveryBrowser } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';

const BURST = 200;
const FLOOD = 100_000;

let pages;
before(async () => {
  // Errors in functions that a driver evaluates aren't reported to the page, so it has its own script.
  pages = await servePages({ '/burst': { html: `<script>globalThis.receive = ${receive}</script>` } });
});
after(() => pages?.close());

const run = (scenario, count) => globalThis.receive(scenario, count);

/** Runs in the page: receives `count` messages and a Close frame in one chunk, as the scenario says. */
async function receive(scenario, count) {
  const path = '/dist/browser.js';
  const { WebSocket } = await import(path);

  /** A link to a server in memory that accepts, and then sends everything at once. */
  const link = () => {
    let sink;
    let request = '';
    const accept = async () => {
      const key = /sec-websocket-key: (.*)\r/i.exec(request)?.[1];
      const text = new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
      const digest = String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-1', text)));
      const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
      head.push(`Sec-WebSocket-Accept: ${btoa(digest)}`, '', '');
      sink.data(new TextEncoder().encode(head.join('\r\n')));
      const frames = new Uint8Array(3 * count + 2).fill(0x78);
      for (let i = 0; i < count; i += 1) frames.set([0x81, 1], 3 * i);
      frames.set([0x88, 0], 3 * count);
      sink.data(frames);
    };
    return {
      open: (given) => {
        sink = given;
      },
      write: (chunk, flushed) => {
        if (request.endsWith('\r\n\r\n')) sink.end();
        else request += new TextDecoder().decode(chunk);
        if (request.endsWith('\r\n\r\n') && chunk.length > 100) accept();
        flushed();
      },
      pause: () => {},
      resume: () => {},
      end: () => {},
      destroy: () => {},
    };
  };

  const socket = new WebSocket('ws://memory.example/', { transport: link, perMessageDeflate: false });
  const closed = new Promise((resolve) => {
    socket.onclose = () => resolve(undefined);
  });
  const microtasks = async (number) => {
    for (let i = 0; i < number; i += 1) await undefined;
  };
  let seen = 0;
  const log = [];
  if (scenario === 'order') {
    socket.onmessage = () => {
      seen += 1;
      const i = seen;
      log.push(`${i}`);
      microtasks(20).then(() => queueMicrotask(() => log.push(`${i} microtask`)));
    };
  } else if (scenario === 'loop') {
    let isClosed = false;
    closed.then(() => {
      isClosed = true;
    });
    while (!isClosed) {
      const event = await Promise.race([closed, new Promise((resolve) => (socket.onmessage = resolve))]);
      if (event) seen += 1;
      socket.onmessage = null;
      await microtasks(7);
    }
  } else if (scenario === 'flood') {
    let timer = -1;
    let frame = -1;
    socket.onmessage = () => {
      seen += 1;
      if (seen > 1) return;
      setTimeout(() => (timer = seen), 1);
      requestAnimationFrame(() => (frame = seen));
    };
    await closed;
    return { seen, timer, frame };
  } else {
    const listen = (type, note) =>
      globalThis.addEventListener(type, (event) => {
        log.push(note(event));
        event.preventDefault();
      });
    listen('error', ({ error }) => `thrown ${error.message}`);
    listen('unhandledrejection', ({ reason }) => `rejected ${reason.message}`);
    socket.onmessage = () => {
      seen += 1;
      if (seen === 3) throw new Error('3');
      if (seen === 5) Promise.reject(new Error('5'));
      if (seen === 7) {
        const promise = Promise.reject(new Error('7'));
        microtasks(9).then(() => promise.catch(() => log.push('caught 7')));
      }
    };
    await closed;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await closed;
  return { seen, log };
}

testInEveryBrowser('microtasks run dry between two messages', async (page) => {
  await page.goto(`${pages.url}/burst`);
  const { log } = await page.evaluate(run, 'order', BURST);
  assert.deepEqual(log, Array.from({ length: BURST }, (_, i) => [`${i + 1}`, `${i + 1} microtask`]).flat());
});

testInEveryBrowser('a loop that sets the next handler after an await loses nothing', async (page) => {
  await page.goto(`${pages.url}/burst`);
  assert.equal((await page.evaluate(run, 'loop', BURST)).seen, BURST);
});

testInEveryBrowser(`timers and frames run during ${FLOOD} messages`, async (page) => {
  await page.goto(`${pages.url}/burst`);
  const { seen, ...at } = await page.evaluate(run, 'flood', FLOOD);
  assert.equal(seen, FLOOD);
  for (const [what, count] of Object.entries(at)) assert.ok(count > 0 && count < FLOOD, `${what} at ${count}`);
});

testInEveryBrowser('exceptions and rejections are reported once, and stop no later message', async (page) => {
  await page.goto(`${pages.url}/burst`);
  const { seen, log } = await page.evaluate(run, 'errors', BURST);
  assert.equal(seen, BURST);
  assert.deepEqual(log.sort(), ['caught 7', 'rejected 5', 'thrown 3']);
});
