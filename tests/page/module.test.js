// dist/browser.js on a static server: a plain module script, and Content-Security-Policies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { sharedChromium } from '../support/browsers/tests.js';
import { pagesWithEcho } from '../support/page-servers.js';

const script = "script-src 'self' 'unsafe-inline'";

const servers = pagesWithEcho(({ server }) => {
  const html = `<script type="module">
    import { WebSocket } from './dist/browser.js';
    const socket = new WebSocket('${server.url}');
    socket.onopen = () => socket.send('from a plain page');
    socket.onmessage = ({ data }) => { document.title = data; };
  </script>`;
  const allowed = { html, csp: `${script} 'wasm-unsafe-eval'` };
  return [{ '/plain': { html }, '/allowed': allowed, '/forbidden': { html, csp: script } }];
});
const browser = sharedChromium();

for (const path of ['/plain', '/allowed']) {
  test(`${path}: the statement after the import connects`, async () => {
    const page = await browser.newPage();
    const errors = collectErrors(page);
    await page.goto(servers.pages.url + path);
    await page.waitForFunction(() => document.title === 'from a plain page');
    assert.deepEqual(errors, []);
  });
}

test("a page whose CSP lacks 'wasm-unsafe-eval' gets an error that names the policy", async () => {
  const page = await browser.newPage();
  const thrown = new Promise((resolve) => page.on('pageerror', resolve));
  await page.goto(`${servers.pages.url}/forbidden`);
  assert.match(`${await thrown}`, /script-src needs 'wasm-unsafe-eval'/);
});
