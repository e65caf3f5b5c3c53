// The Origin of the handshake is the realm's, which isn't always that of its URL (Fetch 3.2, HTML 7.1.1).
import assert from 'node:assert/strict';
import { testInBrowsers } from '../support/browsers/tests.js';
import { pagesWithDomServer } from '../support/page-servers.js';

/** Reports to the page's parent the Origin that the server saw, over both transports; the frame's name is its input. */
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

const servers = pagesWithDomServer();

testInBrowsers(['chromium', 'firefox'], 'the Origin in srcdoc frames and in sandboxes', async (page) => {
  const { pages, relay, server } = servers;
  await page.goto(pages.url);
  const seen = await page.evaluate(
    async ({ html, input }) => {
      const reported = async (prepare) => {
        const frame = document.createElement('iframe');
        frame.name = input;
        const message = new Promise((resolve) => window.addEventListener('message', resolve, { once: true }));
        prepare(frame);
        document.body.append(frame);
        return /** @type {any} */ (await message).data;
      };
      return {
        srcdoc: await reported((frame) => {
          frame.srcdoc = html;
        }),
        sandbox: await reported((frame) => {
          frame.sandbox = 'allow-scripts';
          frame.srcdoc = html;
        }),
      };
    },
    { html: SCRIPT, input: JSON.stringify({ base: pages.url, relay: relay.url, url: `${server.url}/headers` }) },
  );
  assert.deepEqual(seen, { srcdoc: [pages.url, pages.url], sandbox: ['null', 'null'] });
});
