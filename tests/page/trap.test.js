// A trap in the core, in a page: the page goes on, and so do new sockets.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { abortingWasm } from '../aborting.js';
import { complaints, launchChromium, servePages } from './support.js';

let echo;
let relay;
let server;
let browser;
before(async () => {
  echo = await startEcho();
  relay = await startRelay({ targets: [echo.port] });
  const wasm = abortingWasm(new URL('../../dist/websocket_wasm.wasm', import.meta.url));
  server = await servePages({}, { '/aborting.wasm': wasm });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await server.close();
  await relay.close();
  await echo.close();
});

test('sockets over the relay end with 1006, those over native go on, and fresh ones work', async () => {
  const page = await browser.newPage();
  const errors = complaints(page);
  await page.goto(server.url);
  const seen = await page.evaluate(
    async (origin, echoUrl, relayUrl) => {
      const slim = await import(`${origin}/dist/slim.js`);
      await slim.init(`${origin}/aborting.wasm`);
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
        // The browser's own socket has nothing to do with the core.
        const answer = new Promise((resolve) => {
          sockets[1].socket.addEventListener('message', ({ data }) => resolve(data), { once: true });
        });
        sockets[1].socket.send('still here');
        rounds.push([...ends, await answer]);
        sockets[1].socket.close();
      }
      return rounds;
    },
    server.url,
    echo.url,
    relay.url,
  );
  const ended = ['open', 'error', 'close 1006'];
  const round = [ended, ended, 'still here'];
  assert.deepEqual(seen, [round, round]);
  // What a browser says of any connection that fails.
  assert.ok(
    errors.every((error) => /failed: the WebAssembly core stopped/.test(error)),
    `${errors}`,
  );
});
