// examples/in-page, a crate that depends on this one, in Chromium: over streams through a relay to an echo server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root, run } from '../../scripts/run.js';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { sharedChromium } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';

const TARGET = 'wasm32-unknown-unknown';
const made = join(root, 'target', 'examples');

let echo;
let relay;
let server;
const browser = sharedChromium();

before(async () => {
  const crate = ['--manifest-path=examples/in-page/Cargo.toml', `--target-dir=${made}`];
  await run('cargo', ['build', '--quiet', '--release', `--target=${TARGET}`, ...crate]);
  const wasm = join(made, TARGET, 'release', 'in_page.wasm');
  await run('wasm-bindgen', ['--target=web', '--no-typescript', `--out-dir=${join(made, 'in-page')}`, wasm]);
  echo = await startEcho();
  relay = await startRelay({ targets: [echo.port] });
  const files = Object.fromEntries(
    ['in_page.js', 'in_page_bg.wasm'].map((name) => [`/${name}`, readFileSync(join(made, 'in-page', name))]),
  );
  server = await servePages({ '/page': { html: page() } }, files);
});
after(async () => {
  await server?.close();
  await relay?.close();
  await echo?.close();
});

/** A page whose byte streams are those of the package's relay client. */
function page() {
  return `<script type="module">
    import init, { ask } from './in_page.js';
    import { wisp } from './dist/transports.js';
    await init();
    globalThis.ask = async (port, text) => {
      const hostname = '127.0.0.1';
      const link = await wisp('${relay.url}')({ hostname, port, secure: false, signal: new AbortController().signal });
      const readable = new ReadableStream({
        start(controller) {
          link.open({
            data: (bytes) => controller.enqueue(bytes),
            end: () => controller.close(),
            fail: (error) => controller.error(error),
          });
        },
      });
      const writable = new WritableStream({
        write: (bytes) => new Promise((resolve) => link.write(bytes, resolve)),
        close: () => link.end(),
      });
      return ask(hostname + ':' + port, readable, writable, text);
    };
  </script>`;
}

test('ask() resolves with the answer once the connection is closed, and rejects with the error of the relay', async () => {
  const tab = await browser.newPage();
  const errors = collectErrors(tab);
  await tab.goto(`${server.url}/page`);
  await tab.waitForFunction(() => 'ask' in globalThis);
  const text = 'from a crate of my own: zwölf €';
  const ask = (port, said) => /** @type {any} */ (globalThis).ask(port, said).catch((error) => `${error}`);
  assert.equal(await tab.evaluate(ask, echo.port, text), text);
  assert.match(echo.counts(), /"connections":1,"texts":1/);
  assert.match(await tab.evaluate(ask, 9, text), /^ConnectionFailure: The relay closed the connection: /);
  assert.deepEqual(errors, []);
});
