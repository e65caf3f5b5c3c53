// A Blob that has become unreadable by the time it is sent: a file that was deleted after it was chosen.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testInBrowsers } from '../support/browsers/tests.js';
import { pagesWithDomServer } from '../support/page-servers.js';

const servers = pagesWithDomServer({ '/choose': { html: '<input type="file">' } });

testInBrowsers(
  ['chromium', 'firefox'],
  'a deleted file fails the connection, after the messages sent before it',
  async (page) => {
    const { pages, relay, server } = servers;
    const folder = await mkdtemp(join(tmpdir(), 'blob-'));
    try {
      const path = join(folder, 'file');
      await writeFile(path, 'as it was');
      await page.goto(`${pages.url}/choose`);
      const input = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await page.$('input'));
      await input.uploadFile(path);
      // A slice keeps its size. The browser may look up the file's own size again.
      await page.evaluate(() => {
        const { files } = /** @type {any} */ (document.querySelector('input'));
        /** @type {any} */ (globalThis).blob = files[0].slice(0, 5);
      });
      await rm(path);
      const { failure, ...rest } = await page.evaluate(sendBlob, { relay: relay.url, url: `${server.url}/echo` });
      assert.deepEqual(rest, {
        seen: ['before', 'error'],
        close: { code: 1006, wasClean: false },
        bufferedAmount: 5 + 5,
      });
      assert.equal(failure, 'unreadable-blob');
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

/** Runs in the page: sends `globalThis.blob` and a text after it. */
async function sendBlob({ relay, url }) {
  const { WebSocket, connectionOf, wisp } = await import(/** @type {any} */ ('/dist/browser.js'));
  const socket = new WebSocket(url, { transport: wisp(relay) });
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const seen = [];
  socket.onmessage = ({ data }) => seen.push(data);
  socket.onerror = () => seen.push('error');
  const closed = new Promise((resolve) => {
    socket.onclose = ({ code, wasClean }) => resolve({ code, wasClean });
  });
  // Once it is answered, it has been flushed.
  socket.send('before');
  await new Promise((resolve) => socket.addEventListener('message', resolve));
  while (socket.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve));
  socket.send(/** @type {any} */ (globalThis).blob);
  socket.send('after');
  const { bufferedAmount } = socket;
  const close = await closed;
  return { seen, close, bufferedAmount, failure: connectionOf(socket).failure?.code };
}
