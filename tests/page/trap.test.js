// A trap in the core, in a page: the page continues, and new sockets work.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { sharedChromium } from '../support/browsers/tests.js';
import { pagesWithEcho } from '../support/page-servers.js';
import { trappingWasm } from '../support/wasm.js';

const servers = pagesWithEcho(() => {
  const wasm = trappingWasm(new URL('../../dist/websocket_wasm.wasm', import.meta.url));
  return [{}, { '/trapping.wasm': wasm }];
});
const browser = sharedChromium();

test('a trap closes sockets over the relay with 1006, and leaves those over native open', async () => {
  const { pages, relay, server } = servers;
  const page = await browser.newPage();
  const errors = collectErrors(page);
  await page.goto(pages.url);
  const seen = await page.evaluate(
    async (origin, echoUrl, relayUrl) => {
      const slim = await import(`${origin}/dist/slim.js`);
      await slim.init(`${origin}/trapping.wasm`);
      const wisp = slim.wisp(relayUrl);
      const open = (transport) =>
        new Promise((resolve) => {
          const socket = new slim.WebSocket(echoUrl, { transport });
          const events = [];
          const closed = new Promise((done) => {
            for (const type of ['open', 'message', 'error', 'close']) {
              socket.addEventListener(type, (event) => {
                events.push(type === 'close' ? `close ${event.code}` : type);
                if (type === 'close') done(events);
              });
            }
          });
          socket.addEventListener('open', () => resolve({ socket, closed }));
        });
      const rounds = [];
      for (let round = 0; round < 2; round += 1) {
        const sockets = [await open(wisp), await open(slim.native), await open(wisp)];
        sockets[1].socket.send('hello');
        await new Promise((resolve) => sockets[1].socket.addEventListener('message', resolve, { once: true }));
        slim.connectionOf(sockets[0].socket).trace(() => {});
        const [first, , last] = sockets;
        const ends = [await first.closed, await last.closed];
        // The browser's own socket doesn't depend on the core.
        const answer = new Promise((resolve) => {
          sockets[1].socket.addEventListener('message', ({ data }) => resolve(data), { once: true });
        });
        sockets[1].socket.send('still here');
        rounds.push([...ends, await answer]);
        sockets[1].socket.close();
      }
      return rounds;
    },
    pages.url,
    server.url,
    relay.url,
  );
  const ended = ['open', 'error', 'close 1006'];
  const round = [ended, ended, 'still here'];
  assert.deepEqual(seen, [round, round]);
  // Browsers write this for every connection that fails.
  assert.ok(
    errors.every((error) => /failed: the WebAssembly core stopped/.test(error)),
    `${errors}`,
  );
});
