// The transport `native` in a page: features that the browser's own WebSocket lacks are errors, not ignored.
import assert from 'node:assert/strict';
import { testInBrowsers } from '../support/browsers/tests.js';
import { pagesWithEcho } from '../support/page-servers.js';

const servers = pagesWithEcho();

testInBrowsers(
  ['chromium', 'firefox'],
  'an option that native does not support is a TypeError that names it',
  async (page) => {
    await page.goto(servers.pages.url);
    const options = { headers: { 'X-Test': '1' }, handshakeTimeout: 1_000, maxMessageSize: 1_000 };
    const errors = await page.evaluate(
      async (url, options) => {
        const path = '/dist/browser.js';
        const { WebSocket, native } = await import(path);
        return Object.entries(options).map(([name, value]) => {
          try {
            new WebSocket(url, { transport: native, [name]: value });
            return 'none';
          } catch (error) {
            return `${error.name} ${error.message}`;
          }
        });
      },
      servers.server.url,
      options,
    );
    for (const [i, name] of Object.keys(options).entries()) assert.match(errors[i], new RegExp(`^TypeError .*${name}`));
  },
);

testInBrowsers(['chromium', 'firefox'], 'ping() rejects over native, and trace() throws', async (page) => {
  await page.goto(servers.pages.url);
  const errors = await page.evaluate(async (url) => {
    const path = '/dist/browser.js';
    const { WebSocket, connectionOf, native } = await import(path);
    const socket = new WebSocket(url, { transport: native });
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    const connection = connectionOf(socket);
    const ping = await connection.ping().catch(({ name }) => name);
    try {
      connection.trace(() => {});
      return [ping, 'none'];
    } catch ({ name }) {
      return [ping, name];
    } finally {
      socket.close();
    }
  }, servers.server.url);
  assert.deepEqual(errors, ['NotSupportedError', 'NotSupportedError']);
});
