// Stack overflows inside the class, in pages: over the relay, over the browser's own class, and before the core is
// loaded.
import assert from 'node:assert/strict';
import { operations } from '../overflow/operations.js';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { pagesWithEcho } from '../support/page-servers.js';

const servers = pagesWithEcho();

const ABORT = 'abort() of the signal';
const OTHERS = Object.keys(operations(/** @type {any} */ ({}), '', {})).filter((name) => name !== ABORT);

const sweepOthers = async (page) => {
  const errors = await sweepInPage(page, OTHERS);
  // The messages that this class and Chromium's own write to the console.
  const expected =
    /failed: the (WebAssembly core stopped|connection was terminated)|already in CLOSING or CLOSED state/;
  assert.deepEqual(
    errors.filter((error) => !expected.test(error)),
    [],
  );
};
testInBrowsers(['chromium', 'firefox'], 'every method and attribute, over the relay and over native', sweepOthers);

const sweepAbort = async (page) => {
  const errors = await sweepInPage(page, [ABORT]);
  // The connections that were aborted; and an overflow in a listener of the signal, which is reported like any other.
  const expected = /failed: |connection to |call stack|too much recursion/;
  assert.deepEqual(
    errors.filter((error) => !expected.test(error)),
    [],
  );
};
testInBrowsers(['chromium', 'firefox'], `${ABORT}, over the relay and over native`, sweepAbort);

/** Tries operations in a page, and returns the page's errors. Each must have overflowed. */
async function sweepInPage(page, names) {
  const { pages, relay, server } = servers;
  const errors = collectErrors(page);
  await page.goto(pages.url);
  const seen = await page.evaluate(sweepAll, { origin: pages.url, echoUrl: server.url, relayUrl: relay.url, names });
  const failed = Object.entries(seen).filter(([, overflows]) => !(overflows > 0));
  assert.deepEqual(failed, []);
  return errors;
}

/** Runs in the page: tries the operations over both transports, and resolves with the number of overflows of each. */
async function sweepAll({ origin, echoUrl, relayUrl, names }) {
  const api = await import(`${origin}/dist/browser.js`);
  const { operations } = await import(`${origin}/tests/overflow/operations.js`);
  const { sweep } = await import(`${origin}/tests/overflow/overflow.js`);
  const failureOf = (socket) => api.connectionOf(socket).failure;
  const results = {};
  for (const [wire, transport] of Object.entries({ relay: api.wisp(relayUrl), native: api.native })) {
    const open = () =>
      new Promise((resolve, reject) => {
        const socket = new api.WebSocket(echoUrl, { transport });
        socket.onopen = () => {
          socket.onopen = socket.onclose = null;
          resolve(socket);
        };
        socket.onclose = ({ code }) => reject(new Error(`closed with ${code} ${failureOf(socket)}`));
      });
    const all = operations(api, echoUrl, { transport });
    for (const name of names) {
      // The browser's own class has nothing of this.
      if (wire === 'native' && /ping|trace|terminate|of the connection/.test(name)) continue;
      const swept = sweep({ open, failureOf, operation: all[name], shifts: 1 });
      const { overflows } = await swept.catch((error) => ({ overflows: `${error} ${error.cause?.stack}` }));
      results[`${wire}: ${name}`] = overflows;
    }
  }
  return results;
}

testInBrowsers(['chromium'], 'sockets that wait for the core', async (page) => {
  const { pages, server } = servers;
  // The core is never received.
  await page.setRequestInterception(true);
  page.on('request', (request) => !request.url().endsWith('.wasm') && request.continue());
  await page.goto(pages.url);
  const closes = await page.evaluate(
    async (origin, echoUrl) => {
      const { WebSocket } = await import(`${origin}/dist/web.js`);
      const { callNearTheEnd } = await import(`${origin}/tests/overflow/overflow.js`);
      const ends = [];
      const operations = {
        construct: () => new WebSocket(echoUrl).close(),
        close: (socket) => socket.close(),
      };
      for (const [name, operate] of Object.entries(operations)) {
        for (let frames = 0; frames < 60; frames += 1) {
          const socket = new WebSocket(echoUrl);
          const closed = new Promise((resolve) => {
            socket.onclose = ({ code }) => resolve(code);
          });
          const { error } = callNearTheEnd(operate, socket, frames);
          if (error && !/call stack/.test(error.message)) ends.push(`${name}: ${error}`);
          socket.close();
          ends.push(await closed);
        }
      }
      return ends;
    },
    pages.url,
    server.url,
  );
  assert.deepEqual([...new Set(closes)], [1006]);
});
