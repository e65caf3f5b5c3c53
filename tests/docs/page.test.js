// The examples of docs/ for pages and workers, run in Chromium.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sharedChromium } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import { blocks, compare } from './blocks.js';
import { FILES, startServers } from './servers.js';

const ENTRIES = {
  'websocket-wasm': '/dist/browser.js',
  'websocket-wasm/deflate': '/dist/deflate.js',
  'websocket-wasm/stream': '/dist/stream.js',
  'websocket-wasm/tls': '/dist/tls.js',
  'websocket-wasm/transports': '/dist/transports.js',
  'websocket-wasm/web': '/dist/web.js',
};

const browser = sharedChromium();
let servers;
let server;

const inPages = blocks().filter(({ where }) => where !== 'node');

before(async () => {
  servers = await startServers();
  const pages = {};
  const files = Object.fromEntries(Object.entries(FILES).map(([name, text]) => [`/${name}`, text]));
  for (const [i, { where, code }] of inPages.entries()) {
    const text = servers.localize(code);
    const map = `<script type="importmap">${JSON.stringify({ imports: ENTRIES })}</script>`;
    if (where === 'page') {
      pages[`/${i}`] = { html: `${map}<script type="module">${text}</script>` };
    } else {
      // Import maps don't apply in workers.
      files[`/${i}.js`] = text.replace("from 'websocket-wasm'", `from '${ENTRIES['websocket-wasm']}'`);
      pages[`/${i}`] = {
        html: `<script type="module">
          const worker = new Worker('/${i}.js', { type: 'module' });
          worker.onmessage = ({ data }) => console.log(data);
          worker.onerror = ({ message }) => console.log(\`the worker failed: \${message}\`);
        </script>`,
      };
    }
  }
  server = await servePages(pages, files);
});
after(async () => {
  await server?.close();
  servers.close();
});

for (const [i, { page: name, heading, code }] of inPages.entries()) {
  test(`${name}: ${heading}`, async () => {
    const page = await browser.newPage();
    const lines = [];
    const printed = new Promise((resolve) => {
      page.on('console', (message) => resolve(lines.push(message.text())));
      page.on('pageerror', (error) => resolve(lines.push(`${error}`)));
    });
    await page.goto(`${server.url}/${i}`);
    await printed;
    const text = servers.localize(code);
    // Wait for the rest of the documented lines.
    for (let tries = 0; compare(text, lines).missing.length > 0 && tries < 200; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(compare(text, lines), { missing: [], undocumented: [] });
    await page.close();
  });
}
