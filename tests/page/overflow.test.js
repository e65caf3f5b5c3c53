// A stack that overflows inside the class, in pages: over the relay, over the browser's own class, and before the core is
// loaded.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { complaints, launchChromium, launchFirefox, servePages } from './support.js';

let echo;
let relay;
let server;
before(async () => {
  echo = await startEcho();
  relay = await startRelay({ targets: [echo.port] });
  server = await servePages();
});
after(async () => {
  await server.close();
  await relay.close();
  await echo.close();
});

for (const [engine, launch] of Object.entries({ Chromium: launchChromium, Firefox: launchFirefox })) {
  test(`${engine}: every method and attribute, over the relay and over native`, async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      const errors = complaints(page);
      await page.goto(server.url);
      const seen = await page.evaluate(
        async (origin, echoUrl, relayUrl) => {
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
            for (const [name, operate] of Object.entries(operations(api, echoUrl, { transport }))) {
              // The browser's own class has no pings and no frames to show.
              if (wire === 'native' && /ping|trace/.test(name)) continue;
              const { overflows } = await sweep({ open, failureOf, operate, shifts: 1 }).catch((error) => ({
                overflows: `${error} ${error.cause?.stack}`,
              }));
              results[`${wire}: ${name}`] = overflows;
            }
          }
          return results;
        },
        server.url,
        echo.url,
        relay.url,
      );
      const unwell = Object.entries(seen).filter(([, overflows]) => !(overflows > 0));
      assert.deepEqual(unwell, []);
      assert.ok(Object.keys(seen).length > 30);
      // What the class and Chromium's own say in the console; nothing else may be wrong.
      const usual = /failed: the WebAssembly core stopped|already in CLOSING or CLOSED state/;
      assert.deepEqual(
        errors.filter((error) => !usual.test(error)),
        [],
      );
    } finally {
      await browser.close();
    }
  });
}

test('Chromium: sockets that wait for the core', async () => {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    // The core never comes.
    await page.setRequestInterception(true);
    page.on('request', (request) => !request.url().endsWith('.wasm') && request.continue());
    await page.goto(server.url);
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
      server.url,
      echo.url,
    );
    assert.deepEqual([...new Set(closes)], [1006]);
  } finally {
    await browser.close();
  }
});
