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
    const options = { headers: { 'X-Test': '1' }, maxConnecting: 2, handshakeTimeout: 1_000, maxMessageSize: 1_000 };
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

testInBrowsers(
  ['chromium', 'firefox'],
  "the browser's own socket is the object, and dispatches the events",
  async (page) => {
    await page.goto(servers.pages.url);
    const outcome = await page.evaluate(async (url) => {
      const path = '/dist/browser.js';
      const { WebSocket, native } = await import(path);
      class Derived extends WebSocket {
        field = 'own';
      }
      const socket = new /** @type {any} */ (Derived)(url, { transport: native });
      const seen = [socket instanceof WebSocket, socket.field, socket.binaryType];
      const next = (type) => new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));
      seen.push((await next('open')).isTrusted);
      for (const type of ['blob', 'arraybuffer']) {
        socket.binaryType = type;
        socket.send(new Uint8Array([1, 2]));
        const { data, target } = await next('message');
        seen.push(data.constructor.name, target === socket);
      }
      const own = Object.getOwnPropertyNames(socket);
      socket.close(3000, 'x');
      const { code, reason, wasClean } = await next('close');
      return { seen, own, closed: [code, reason, wasClean, socket.readyState] };
    }, servers.server.url);
    assert.deepEqual(outcome, {
      seen: [true, 'own', 'blob', true, 'Blob', true, 'ArrayBuffer', true],
      own: ['field'],
      closed: [3000, 'x', true, 3],
    });
  },
);

testInBrowsers(['chromium', 'firefox'], 'a class that a script put in its place passes its events on', async (page) => {
  await page.goto(servers.pages.url);
  const outcome = await page.evaluate(async (url) => {
    const Original = globalThis.WebSocket;
    const sent = [];
    globalThis.WebSocket = class extends Original {
      /** @override */
      send(data) {
        sent.push(data);
        super.send(data);
      }
    };
    const path = '/dist/browser.js';
    const { WebSocket, native } = await import(path);
    const socket = new WebSocket(url, { transport: native });
    const next = (type) => new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));
    await next('open');
    socket.send('x');
    const { data } = await next('message');
    socket.close();
    await next('close');
    return { data, sent, own: socket instanceof Original };
  }, servers.server.url);
  assert.deepEqual(outcome, { data: 'x', sent: ['x'], own: false });
});
