// A relay that takes a page's output slowly: what is written where the core has framed it counts as flushed piece by piece.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';

let server;
let relay;
let pages;
before(async () => {
  server = await startEcho();
  relay = await startRelay({ targets: [server.port] });
  pages = await servePages();
});
after(async () => {
  await pages?.close();
  await relay?.close();
  await server?.close();
});

/**
 * Runs in the page: puts a class in the place of the browser's own, which the package takes for it. From `start` on it sends
 * slowly, and its `bufferedAmount` has what waits.
 */
async function connect({ relayUrl, url }) {
  const state = {
    start: Number.POSITIVE_INFINITY,
    bytesPerMs: 2_000,
    reads: 0,
    carriers: /** @type {WebSocket[]} */ ([]),
  };
  const { send } = WebSocket.prototype;
  class Slow extends WebSocket {
    #sent = 0;
    constructor(relay, protocols) {
      super(relay, protocols);
      state.carriers.push(this);
    }
    /** @override */
    send(data) {
      if (performance.now() < state.start) {
        send.call(this, data);
        return;
      }
      const copy = data.slice();
      this.#sent += copy.byteLength;
      const due = state.start + this.#sent / state.bytesPerMs;
      setTimeout(() => send.call(this, copy), Math.min(due - performance.now(), 1e9));
    }
    /** @override */
    get bufferedAmount() {
      state.reads += 1;
      return Math.max(0, this.#sent - Math.max(0, performance.now() - state.start) * state.bytesPerMs);
    }
  }
  const text = Function.prototype.toString;
  Function.prototype.toString = function () {
    return this === Slow.prototype.send ? 'function send() { [native code] }' : text.call(this);
  };
  globalThis.WebSocket = Slow;
  const { WebSocket: Class, wisp } = await import(new URL('/dist/browser.js', self.origin).href);
  const socket = new Class(url, { transport: wisp(relayUrl), perMessageDeflate: false, closeTimeout: 300 });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  Object.assign(globalThis, { socket, state });
}

/** Runs in the page: sends more than may be on its way at once, and closes. */
async function sendAndClose() {
  const { socket, state } = /** @type {any} */ (globalThis);
  state.start = performance.now();
  for (let i = 0; i < 30; i += 1) socket.send(new Uint8Array(50_000));
  socket.close(1000);
  const amounts = new Set();
  const timer = setInterval(() => amounts.add(socket.bufferedAmount), 20);
  const { code, wasClean } = await new Promise((resolve) => {
    socket.onclose = resolve;
  });
  clearInterval(timer);
  return { code, wasClean, steps: amounts.size };
}

/** Runs in the page: loses the relay while a handler has output that isn't written yet. Returns how often it is asked later. */
async function loseRelay() {
  const { socket, state } = /** @type {any} */ (globalThis);
  const pause = () => new Promise((resolve) => setTimeout(resolve, 300));
  let received = 0;
  socket.onmessage = () => {
    received += 1;
    if (received === 1) {
      state.start = performance.now();
      for (let i = 0; i < 10; i += 1) socket.send(new Uint8Array(60_000));
      state.carriers[0].close();
    }
    // The others wait meanwhile, and with them the rest of the output.
    const end = performance.now() + 1;
    while (performance.now() < end);
  };
  state.bytesPerMs = 0;
  for (let i = 0; i < 300; i += 1) socket.send('short');
  await new Promise((resolve) => {
    socket.onclose = resolve;
  });
  await pause();
  state.reads = 0;
  await pause();
  return state.reads;
}

const both = /** @type {const} */ (['chromium', 'firefox']);

testInBrowsers([...both], 'closing waits for as long as the relay takes output', async (page) => {
  await page.goto(pages.url);
  await page.evaluate(connect, { relayUrl: relay.url, url: server.url });
  const { code, wasClean, steps } = await page.evaluate(sendAndClose);
  assert.deepEqual({ code, wasClean }, { code: 1000, wasClean: true });
  assert.ok(steps >= 5, `bufferedAmount had ${steps} values`);
});

testInBrowsers([...both], 'a relay that is lost is not asked any more what it has taken', async (page) => {
  await page.goto(pages.url);
  await page.evaluate(connect, { relayUrl: relay.url, url: server.url });
  assert.equal(await page.evaluate(loseRelay), 0);
});
