// The back/forward cache (whatwg/websockets PR 74, HTML 7.4.6): connections fail when their page enters it, and `error` and
// `close` are dispatched when it comes back.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startRelay } from '../../scripts/servers.js';
import { testInBrowsers, testInEveryBrowser } from '../support/browsers/tests.js';
import { until } from '../support/events.js';
import { pagesWithEcho } from '../support/page-servers.js';
import { startRaw } from '../support/servers/raw.js';
import { startWsproxy } from '../support/servers/wsproxy.js';

const servers = pagesWithEcho(() => [{ '/elsewhere': { html: 'elsewhere' } }]);

/** What the echo server received: by path, the messages and the code of the Close frame. */
const received = {};
/** A server that never answers a handshake, and relays of two kinds to both servers. */
let silent;
let wisp;
let wsproxy;

before(async () => {
  await servers.ready();
  silent = await startRaw(() => {});
  const targets = [servers.server.port, silent.port];
  wisp = await startRelay({ targets });
  wsproxy = await startWsproxy(targets);
  servers.server.sockets.on('connection', (socket, { url }) => {
    received[url] = [];
    socket.on('message', (data) => received[url].push(`${data}`));
    socket.on('close', (code) => received[url].push(code));
  });
});
after(async () => {
  for (const server of [silent, wisp, wsproxy]) await server?.close();
});

/** Runs in a page: opens sockets in several states, and records their events and those of the page. */
async function openSockets({ wire, relay, template, url, silent }) {
  const path = '/dist/browser.js';
  const { WebSocket, connectionOf, native, wisp } = await import(path);
  const { relay: relayBy } = await import(path.replace('browser', 'transports'));
  const { WebSocketStream } = await import(path.replace('browser', 'stream'));
  const transport = { native, wisp: wisp(relay), relay: relayBy(template) }[wire];
  const log = [];
  const sockets = {};
  const open = (name, where) => {
    const socket = new WebSocket(where, { transport });
    sockets[name] = socket;
    for (const type of ['open', 'message', 'error', 'close']) {
      socket.addEventListener(type, ({ code, data }) => {
        log.push([name, type, socket.readyState, ...(type === 'close' ? [code] : data ? [data] : [])].join(' '));
      });
    }
    return new Promise((resolve) => socket.addEventListener('open', resolve));
  };
  // The page's own listeners come first, also those that were added later than the package's.
  addEventListener('pagehide', ({ persisted }) => {
    log.push(`pagehide ${persisted}`);
    sockets.sending.send('from pagehide');
    sockets.leaving.close(3000);
    log.push(sockets.open.readyState);
  });
  addEventListener('pageshow', ({ persisted }) => log.push(`pageshow ${persisted}`));
  const at = (name) => new URL(`/${wire}-${name}`, url).href;
  for (const name of ['open', 'sending', 'leaving']) await open(name, at(name));
  // A page that reconnects does so with a relay that it can reach.
  sockets.open.addEventListener('close', () => open('again', at('again')));
  const stream = new WebSocketStream(at('stream'), { transport });
  const { readable } = await stream.opened;
  readable
    .getReader()
    .read()
    .catch(() => {});
  stream.closed.catch(({ name, closeCode, message }) => log.push(`stream ${name} ${closeCode}: ${message}`));
  open('connecting', silent);
  const failures = () => Object.entries(sockets).map(([name, socket]) => [name, connectionOf(socket).failure?.code]);
  Object.assign(globalThis, { log, failures });
}

/** Leaves the page, comes back, and returns what happened once every socket is closed. */
async function leaveAndReturn(page, wire) {
  const { pages, server } = servers;
  await page.goto(pages.url);
  const { template } = wsproxy;
  await page.evaluate(openSockets, { wire, relay: wisp.url, template, url: server.url, silent: silent.url });
  await page.goto(`${pages.url}/elsewhere`);
  await page.goBack();
  return await page.evaluate(async () => {
    const { log, failures } = /** @type {any} */ (globalThis);
    if (!log) return undefined;
    const isClosed = (name) => log.some((line) => `${line}`.startsWith(`${name} close`));
    const has = (line) => log.some((other) => `${other}`.startsWith(line));
    while (!['open', 'sending', 'leaving', 'connecting'].every(isClosed) || !['stream', 'again'].every(has)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { log, failures: Object.fromEntries(failures()) };
  });
}

testInBrowsers(['chromium'], 'connections fail when their page enters the back/forward cache', async (page) => {
  for (const wire of ['wisp', 'relay', 'native']) {
    const { log, failures } = await leaveAndReturn(page, wire);
    // Chromium's own class may still dispatch what arrives before the page is frozen.
    const events = wire === 'native' ? log.filter((line) => !/ message /.test(line)) : log;
    const late = wire === 'native' ? log.filter((line) => !/^leaving /.test(line)) : log;
    const of = (name) => events.filter((line) => `${line}`.startsWith(`${name} `));
    assert.deepEqual(of('pagehide'), ['pagehide true'], `${wire}: ${log}`);
    assert.equal(log[log.indexOf('pagehide true') + 1], 1, 'it is open while the page handles pagehide');
    for (const name of ['open', 'sending'])
      assert.deepEqual(of(name), [`${name} open 1`, `${name} error 3`, `${name} close 3 1006`], wire);
    assert.deepEqual(of('connecting'), ['connecting error 3', 'connecting close 3 1006'], wire);
    assert.match(of('stream')[0], /^stream WebSocketError 1006: /);
    // Its closing handshake may be complete by then, or not; it has not failed.
    assert.match(`${of('leaving')}`, /^leaving open 1,leaving close 3 (3000|1006)$/, wire);
    // None of that before the page is shown again.
    const shown = late.indexOf('pageshow true');
    assert.ok(late.findIndex((line) => /^stream| (error|close) /.test(line)) > shown, `${wire}: ${log}`);
    assert.deepEqual(of('again'), ['again open 1'], wire);
    if (wire !== 'native') {
      for (const name of ['open', 'sending', 'connecting']) assert.equal(failures[name], 'back-forward-cache', wire);
      assert.match(of('stream')[0], /the page entered the back\/forward cache/);
      assert.notEqual(failures.leaving, 'back-forward-cache');
    }
    await until(() =>
      ['open', 'sending', 'leaving', 'stream'].every((name) => received[`/${wire}-${name}`].length > 0),
    );
    await until(() => received[`/${wire}-sending`].length === 2);
    assert.deepEqual(received[`/${wire}-open`], [1001], wire);
    assert.deepEqual(received[`/${wire}-sending`], ['from pagehide', 1001], wire);
    assert.deepEqual(received[`/${wire}-stream`], [1001], wire);
    assert.deepEqual(received[`/${wire}-leaving`], [3000], wire);
  }
});

testInBrowsers(['chromium'], 'so do sockets that wait for the core to be loaded', async (page) => {
  const { pages, server } = servers;
  await page.goto(pages.url);
  await page.evaluate(async (url) => {
    const { fetch } = globalThis;
    const loading = new Promise((resolve) => Object.assign(globalThis, { load: resolve }));
    globalThis.fetch = (url, init) => loading.then(() => fetch(url, init));
    const path = '/dist/web.js';
    const { WebSocket, connectionOf, native } = await import(path);
    const log = [];
    for (const transport of [native, () => new Promise(() => {})]) {
      const socket = new WebSocket(url, { transport });
      for (const type of ['open', 'error', 'close']) {
        socket.addEventListener(type, () => {
          log.push(`${type} ${socket.readyState} ${connectionOf(socket).failure?.code}`);
        });
      }
    }
    addEventListener('pageshow', ({ persisted }) => void log.push(`pageshow ${persisted}`));
    Object.assign(globalThis, { log });
  }, server.url);
  await page.goto(`${pages.url}/elsewhere`);
  await page.goBack();
  const log = await page.evaluate(async () => {
    const { load, log } = /** @type {any} */ (globalThis);
    while (log.length < 5) await new Promise((resolve) => setTimeout(resolve, 20));
    load();
    return log;
  });
  const events = ['error 3 back-forward-cache', 'close 3 back-forward-cache'];
  assert.deepEqual(log, ['pageshow true', ...events, ...events]);
});

testInBrowsers(['chromium'], 'a pagehide event that a script dispatches has no effect', async (page) => {
  const { pages, server } = servers;
  await page.goto(pages.url);
  const answer = await page.evaluate(
    async (relay, url) => {
      const path = '/dist/browser.js';
      const { WebSocket, wisp } = await import(path);
      const socket = new WebSocket(url, { transport: wisp(relay) });
      await new Promise((resolve) => socket.addEventListener('open', resolve));
      // As while another tab is shown.
      Object.defineProperty(document, 'hidden', { value: true });
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      socket.send('still open');
      return await new Promise((resolve) => {
        socket.onmessage = ({ data }) => resolve(data);
        setTimeout(() => resolve(`readyState ${socket.readyState}`), 10_000);
      });
    },
    wisp.url,
    `${server.url}/script`,
  );
  assert.equal(answer, 'still open');
});

/** Runs in a page: opens a socket over a transport that ends in the page, so that every browser caches it. */
async function openInPage() {
  const path = '/dist/browser.js';
  const { WebSocket, connectionOf } = await import(path);
  const log = [];
  const frames = [];
  const transport = () => {
    let sink;
    const answer = async (request) => {
      const [, key] = /Sec-WebSocket-Key: (.*)\r/i.exec(request);
      const text = new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-1', text));
      const accept = btoa(String.fromCharCode(...hash));
      const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
      const response = [...lines, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n');
      sink.data(new TextEncoder().encode(response));
    };
    return {
      open: (opened) => {
        sink = opened;
      },
      write: (bytes, flushed) => {
        const request = new TextDecoder('latin1').decode(bytes);
        if (request.startsWith('GET ')) answer(request);
        else frames.push([...bytes]);
        flushed();
      },
      pause: () => {},
      resume: () => {},
      end: () => {},
      destroy: () => log.push('destroyed'),
    };
  };
  const socket = new WebSocket('ws://in-page.test/', { transport, perMessageDeflate: false });
  for (const type of ['open', 'error', 'close']) {
    socket.addEventListener(type, ({ code = '' }) => log.push(`${type} ${socket.readyState} ${code}`.trim()));
  }
  // Another one, which is connecting; and one that waits for it. Firefox doesn't cache a page that is loading the codec.
  const waiting = Array.from({ length: 2 }, () => {
    const socket = new WebSocket('ws://hung.test/', { transport: hang, perMessageDeflate: false });
    socket.addEventListener('close', () => log.push('hung close'));
    return socket;
  });
  function hang() {
    return new Promise(() => {});
  }
  for (const type of /** @type {const} */ (['pagehide', 'pageshow'])) {
    addEventListener(type, ({ persisted }) => void log.push(`${type} ${persisted}`));
  }
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const outcome = () => ({
    log,
    frames,
    failures: [socket, ...waiting].map((socket) => connectionOf(socket).failure?.code),
  });
  Object.assign(globalThis, { outcome });
}

testInEveryBrowser('events wait until the page is shown again, in every browser', async (page) => {
  const { pages } = servers;
  await page.goto(pages.url);
  await page.evaluate(openInPage);
  await page.goto(`${pages.url}/elsewhere`);
  await page.evaluate(() => void setTimeout(() => history.back()));
  const outcome = await cameBack(page);
  assert.ok(outcome, 'the page was in the cache');
  const { log, frames, failures } = outcome;
  const events = ['error 3', 'destroyed', 'close 3 1006', 'hung close', 'hung close'];
  assert.deepEqual(log, ['open 1', 'pagehide true', 'pageshow true', ...events]);
  assert.deepEqual(failures, Array(3).fill('back-forward-cache'));
  const [[first, second, ...rest], ...others] = frames;
  assert.deepEqual([first, second, others], [0x88, 0x82, []], 'a Close frame');
  const code = rest.slice(4).map((byte, i) => byte ^ rest[i]);
  assert.deepEqual(code, [1001 >> 8, 1001 & 0xff]);
});

/** Waits until the first page is there again and its sockets are closed; undefined if it was loaded again. */
async function cameBack(page) {
  for (;;) {
    try {
      const outcome = await page.evaluate(async () => {
        if (location.pathname !== '/') return 'later';
        const { outcome } = /** @type {any} */ (globalThis);
        if (!outcome) return undefined;
        const ended = () => outcome().log.filter((line) => /close/.test(line)).length === 3;
        while (!ended()) await new Promise((resolve) => setTimeout(resolve, 20));
        return outcome();
      });
      if (outcome !== 'later') return outcome;
    } catch {
      // It was evaluated while the page changed.
    }
  }
}
