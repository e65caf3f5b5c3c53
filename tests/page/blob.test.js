// A Blob that can't be read any more when its turn to be sent comes: a file that is gone since it was chosen.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startRelay } from '../../scripts/servers.js';
import { startDomServer } from '../servers/dom.js';
import { launchChromium, launchFirefox, servePages } from './support.js';

for (const [name, launch] of Object.entries({ Chromium: launchChromium, Firefox: launchFirefox })) {
  test(`${name}: a file that is gone fails the connection, behind what was sent before it`, async () => {
    const server = await startDomServer();
    const relay = await startRelay({ targets: [server.port] });
    const pages = await servePages({ '/choose': { html: '<input type="file">' } });
    const folder = await mkdtemp(join(tmpdir(), 'blob-'));
    const browser = await launch();
    try {
      const path = join(folder, 'file');
      await writeFile(path, 'as it was');
      const page = await browser.newPage();
      page.setDefaultTimeout(60_000);
      await page.goto(`${pages.url}/choose`);
      const input = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await page.$('input'));
      await input.uploadFile(path);
      // The part knows its size, which the file itself may be asked for again.
      await page.evaluate(() => {
        const { files } = /** @type {any} */ (document.querySelector('input'));
        /** @type {any} */ (globalThis).blob = files[0].slice(0, 5);
      });
      await rm(path);
      const outcome = await page.evaluate(
        async ({ relay, url }) => {
          const { WebSocket, connectionOf, wisp } = await import(/** @type {any} */ ('/dist/browser.js'));
          const socket = new WebSocket(url, { transport: wisp(relay) });
          await new Promise((resolve) => socket.addEventListener('open', resolve));
          const seen = [];
          socket.onmessage = ({ data }) => seen.push(data);
          socket.onerror = () => seen.push('error');
          const closed = new Promise((resolve) => {
            socket.onclose = ({ code, wasClean }) => resolve({ code, wasClean });
          });
          // The answer comes before the end: then what was sent has gone out.
          socket.send('before');
          await new Promise((resolve) => socket.addEventListener('message', resolve));
          while (socket.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve));
          socket.send(/** @type {any} */ (globalThis).blob);
          socket.send('behind');
          const { bufferedAmount } = socket;
          const close = await closed;
          return { seen, close, bufferedAmount, failure: connectionOf(socket).failure?.message };
        },
        { relay: relay.url, url: `${server.url}/echo` },
      );
      const { failure, ...rest } = outcome;
      assert.deepEqual(rest, {
        seen: ['before', 'error'],
        close: { code: 1006, wasClean: false },
        bufferedAmount: 5 + 6,
      });
      assert.match(failure, /a Blob that is to be sent can't be read/);
    } finally {
      await browser.close();
      await rm(folder, { recursive: true });
      await pages.close();
      await relay.close();
      await server.close();
    }
  });
}
