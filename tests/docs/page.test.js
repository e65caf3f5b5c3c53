// The examples of docs/ that run in a page or a worker, in Chromium.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium, servePages } from '../page/support.js';
import { blocks, compare } from './blocks.js';
import { startServers } from './servers.js';

const ENTRIES = {
  'websocket-wasm': '/dist/browser.js',
  'websocket-wasm/deflate': '/dist/deflate.js',
  'websocket-wasm/web': '/dist/web.js',
};

let browser;
let servers;
let server;

const inPages = blocks().filter(({ where }) => where !== 'node');

before(async () => {
  servers = await startServers();
  const pages = {};
  const files = {};
  for (const [i, { where, code }] of inPages.entries()) {
    const text = servers.inPlace(code);
    const map = `<script type="importmap">${JSON.stringify({ imports: ENTRIES })}</script>`;
    if (where === 'page') {
      pages[`/${i}`] = { html: `${map}<script type="module">${text}</script>` };
    } else {
      // An import map doesn't reach into workers.
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
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.close();
  servers.close();
});

for (const [i, { page: name, heading, code }] of inPages.entries()) {
  test(`${name}: ${heading}`, async () => {
    const page = await browser.newPage();
    const lines = [];
    const said = new Promise((resolve) => {
      page.on('console', (message) => resolve(lines.push(message.text())));
      page.on('pageerror', (error) => resolve(lines.push(`${error}`)));
    });
    await page.goto(`${server.url}/${i}`);
    await said;
    const text = servers.inPlace(code);
    // Where it promises more than one line, the others follow.
    for (let turns = 0; compare(text, lines).broken.length > 0 && turns < 200; turns += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(compare(text, lines), { broken: [], unpromised: [] });
    await page.close();
  });
}
