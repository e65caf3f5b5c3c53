// The Origin of the handshake is the realm's, which isn't always that of its URL (Fetch 3.2, HTML 7.1.1).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium, launchFirefox, serveWithRelay } from './support.js';

/** Tells the page's parent which Origin the server saw over both wires; the frame's name says where things are. */
const SCRIPT = `<script type="module">
  addEventListener('unhandledrejection', ({ reason }) => parent.postMessage(String(reason), '*'));
  const { base, relay, url } = JSON.parse(name);
  const { WebSocket, wisp, native } = await import(base + '/dist/browser.js');
  const seen = [];
  for (const transport of [wisp(relay), native]) {
    const socket = new WebSocket(url, { transport });
    const { data } = await new Promise((resolve, reject) => {
      socket.onmessage = resolve;
      socket.onclose = reject;
    });
    socket.onclose = null;
    socket.close();
    seen.push(JSON.parse(data).origin);
  }
  parent.postMessage(seen, '*');
</script>`;

let server;
let relay;
let pages;
let close;
before(async () => {
  ({ server, relay, pages, close } = await serveWithRelay());
});
after(() => close());

for (const [name, launch] of Object.entries({ Chromium: launchChromium, Firefox: launchFirefox })) {
  test(`${name}: the Origin in frames without an address of their own, and in sandboxes`, async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(60_000);
      await page.goto(pages.url);
      const seen = await page.evaluate(
        async ({ html, given }) => {
          const told = async (make) => {
            const frame = document.createElement('iframe');
            frame.name = given;
            const message = new Promise((resolve) => window.addEventListener('message', resolve, { once: true }));
            make(frame);
            document.body.append(frame);
            return /** @type {any} */ (await message).data;
          };
          return {
            srcdoc: await told((frame) => {
              frame.srcdoc = html;
            }),
            sandbox: await told((frame) => {
              frame.sandbox = 'allow-scripts';
              frame.srcdoc = html;
            }),
          };
        },
        { html: SCRIPT, given: JSON.stringify({ base: pages.url, relay: relay.url, url: `${server.url}/headers` }) },
      );
      assert.deepEqual(seen, { srcdoc: [pages.url, pages.url], sandbox: ['null', 'null'] });
    } finally {
      await browser.close();
    }
  });
}
