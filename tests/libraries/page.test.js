// Each library in a page, over the relay and over the browser's own WebSocket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { startRelay } from '../../scripts/servers.js';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { sharedChromium } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import { clients } from './clients/index.js';
import { startServer } from './servers/index.js';

const browser = sharedChromium();
let script;
let pages;
before(async () => {
  script = await bundle();
  pages = await servePages();
});
after(() => pages?.close());

for (const library of Object.keys(clients)) {
  for (const wire of ['relay', 'native']) {
    test(`${library}, ${wire}`, { timeout: 60_000 }, async (context) => {
      const server = await startServer(library);
      context.after(server.close);
      const relay = await startRelay({ targets: [server.port] });
      context.after(relay.close);
      const page = await browser.newPage();
      context.after(() => page.close());
      const errors = collectErrors(page);
      const engines = await watchEngine(page);
      await page.goto(pages.url);
      await page.exposeFunction('drop', server.drop);
      await page.addScriptTag({ content: script, type: 'module' });

      const job = { url: server.url, ...(wire === 'relay' && { relay: relay.url }) };
      const { result, expected, made } = await page.evaluate(
        (library, job) => /** @type {any} */ (window).runInPage(library, job),
        library,
        job,
      );
      assert.deepEqual(result, expected);
      assert.ok(server.connections() >= 2, 'it reconnected');
      assert.ok(made >= server.connections(), `${server.connections()} connections, ${made} of them by our class`);
      const to = wire === 'relay' ? relay.url : server.url;
      const elsewhere = engines.filter((url) => !url.startsWith(to));
      assert.ok(engines.length > 0 && elsewhere.length === 0, `the engine's own class: ${engines}`);
      assert.deepEqual(errors, []);
    });
  }
}

/** The URLs of the engine's own WebSockets in a page, as its developer tools report them. */
async function watchEngine(page) {
  const urls = [];
  const tools = await page.createCDPSession();
  tools.on('Network.webSocketCreated', ({ url }) => urls.push(url));
  await tools.send('Network.enable');
  return urls;
}

async function bundle() {
  const input = fileURLToPath(new URL('page.js', import.meta.url));
  const bundled = await rolldown({ input, platform: 'browser', logLevel: 'silent' });
  const { output } = await bundled.generate({ format: 'esm', codeSplitting: false });
  await bundled.close();
  return output[0].code;
}
