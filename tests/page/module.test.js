// dist/browser.js in pages of any static server: a plain module script, and Content-Security-Policies.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startEcho } from '../../scripts/servers.js';
import { complaints, launchChromium, servePages } from './support.js';

const script = "script-src 'self' 'unsafe-inline'";

let echo;
let server;
let browser;
before(async () => {
  echo = await startEcho();
  const html = `<script type="module">
    import { WebSocket } from './dist/browser.js';
    const socket = new WebSocket('${echo.url}');
    socket.onopen = () => socket.send('from a plain page');
    socket.onmessage = ({ data }) => { document.title = data; };
  </script>`;
  server = await servePages({
    '/plain': { html },
    '/allowed': { html, csp: `${script} 'wasm-unsafe-eval'` },
    '/forbidden': { html, csp: script },
  });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await server.close();
  await echo.close();
});

for (const path of ['/plain', '/allowed']) {
  test(`${path}: one import, and the next line connects`, async () => {
    const page = await browser.newPage();
    const errors = complaints(page);
    await page.goto(server.url + path);
    await page.waitForFunction(() => document.title === 'from a plain page');
    assert.deepEqual(errors, []);
  });
}

test("a page whose CSP lacks 'wasm-unsafe-eval' gets one clear error", async () => {
  const page = await browser.newPage();
  const thrown = new Promise((resolve) => page.on('pageerror', resolve));
  await page.goto(`${server.url}/forbidden`);
  assert.match(`${await thrown}`, /script-src needs 'wasm-unsafe-eval'/);
});
