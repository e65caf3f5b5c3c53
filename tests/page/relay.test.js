// relay() in pages: over Chromium's own WebSocketStream, and over WebSocket.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startEcho } from '../../scripts/servers.js';
import { startStreamRelay } from '../../scripts/stream-relay.js';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import { FAILURES, startBadRelay, timeoutFor } from '../support/servers/bad-relay.js';

let echo;
let good;
let bad;
let pages;
before(async () => {
  echo = await startEcho();
  good = await startStreamRelay({ handleProtocols: ([first]) => first });
  bad = await startBadRelay();
  pages = await servePages();
});
after(async () => {
  for (const running of [pages, bad, good, echo]) await running?.close();
});

/** Runs in the page: both polyfilled classes over relay() as the default. */
async function polyfilled({ template, url }) {
  const load = (path) => import(/** @type {any} */ (path));
  await load('/dist/polyfill.js');
  const { configure, WebSocket: Ours } = await load('/dist/browser.js');
  const { relay } = await load('/dist/transports.js');
  configure({ transport: relay(template, { protocols: 'binary' }) });
  const socket = new WebSocket(url);
  const data = await new Promise((resolve) => {
    socket.onopen = () => socket.send('by the polyfill');
    socket.onmessage = ({ data }) => resolve(data);
    socket.onclose = ({ code }) => resolve(code);
  });
  socket.close();
  const { WebSocketStream } = await load('/dist/stream.js');
  const stream = new WebSocketStream(url);
  const { readable, writable } = await stream.opened;
  await writable.getWriter().write('by a stream');
  const { value } = await readable.getReader().read();
  stream.close();
  await stream.closed;
  return { isOurs: WebSocket === Ours, data, value };
}

for (const hidden of [false, true]) {
  const which = hidden ? ', and another script has replaced WebSocketStream' : '';
  const title = `with the polyfill and relay() as the default, only the relay is connected to${which}`;
  testInBrowsers(['chromium', 'firefox'], title, async (page) => {
    const errors = collectErrors(page);
    if (hidden) {
      await page.evaluateOnNewDocument(() => {
        const fails = class {
          constructor() {
            throw new Error('not this one');
          }
        };
        Object.defineProperty(globalThis, 'WebSocketStream', { value: fails });
      });
    }
    await page.goto(pages.url);
    good.requests.length = 0;
    const result = await page.evaluate(polyfilled, { template: good.template, url: echo.url });
    assert.deepEqual(result, { isOurs: true, data: 'by the polyfill', value: 'by a stream' });
    const url = `/127.0.0.1:${echo.port}`;
    const expected = { url, protocols: 'binary' };
    assert.deepEqual(good.requests, [expected, expected]);
    assert.deepEqual(errors, []);
  });
}

/** Runs in the page: connects through bad relays, and resolves with the failures' codes. */
async function failures({ relays, url, plain }) {
  const load = (path) => import(/** @type {any} */ (path));
  const { connectionOf, WebSocket: Ours } = await load('/dist/browser.js');
  const { relay } = await load('/dist/transports.js');
  const fail = ({ what, template, handshakeTimeout }) =>
    new Promise((resolve) => {
      const transport = relay(template, plain ? { WebSocket } : {});
      const socket = new Ours(url, { transport, handshakeTimeout });
      socket.onclose = () => resolve([what, connectionOf(socket).failure?.code]);
    });
  return Object.fromEntries(await Promise.all(relays.map(fail)));
}

for (const plain of [false, true]) {
  const title = `each failure of a relay has its code, over ${plain ? 'WebSocket' : "the engine's best class"}`;
  testInBrowsers(plain ? ['chromium'] : ['chromium', 'firefox'], title, async (page) => {
    await page.goto(pages.url);
    const relays = Object.keys(FAILURES).map((what) => ({
      what,
      template: bad.template(what),
      handshakeTimeout: timeoutFor(what),
    }));
    const codes = await page.evaluate(failures, { relays, url: echo.url, plain });
    assert.deepEqual(codes, FAILURES);
  });
}

/** Runs in the page: connects through a relay whose template is relative to the page's URL. */
async function relative({ template, url }) {
  const load = (path) => import(/** @type {any} */ (path));
  const { connectionOf, WebSocket: Ours } = await load('/dist/browser.js');
  const { relay } = await load('/dist/transports.js');
  const socket = new Ours(url, { transport: relay(template) });
  return new Promise((resolve) => {
    socket.onclose = () => resolve(`${connectionOf(socket).failure}`);
  });
}

testInBrowsers(['chromium', 'firefox'], "the template is relative to the page's URL", async (page) => {
  await page.goto(pages.url);
  const failure = await page.evaluate(relative, { template: '/relay/{hostname}:{port}', url: echo.url });
  assert.match(failure, new RegExp(`The relay ${pages.url.replace('http', 'ws')}/ can't be reached`));
});
