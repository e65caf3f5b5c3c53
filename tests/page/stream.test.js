// WebSocketStream in pages, through a relay and over the browser's own class.
import assert from 'node:assert/strict';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { pagesWithEcho } from '../support/page-servers.js';

const COUNT = 300;

const servers = pagesWithEcho(({ server, relay }) => {
  const html = `<script type="module">
    import { WebSocketStream } from './dist/stream.js';
    import { native, wisp } from './dist/transports.js';
    const transports = { native, relay: wisp('${relay.url}') };
    globalThis.pipe = async (name) => {
      const stream = new WebSocketStream('${server.url}', { transport: transports[name] });
      const { readable, writable } = await stream.opened;
      let made = 0;
      const source = new ReadableStream({
        pull(controller) {
          made += 1;
          controller.enqueue(made % 2 ? 'text ' + made : new Uint8Array(20_000).fill(made));
          if (made === ${COUNT}) controller.close();
        },
      });
      source.pipeTo(writable, { preventClose: true });
      const got = [];
      const reader = readable.getReader();
      while (got.length < ${COUNT}) {
        const { value } = await reader.read();
        got.push(typeof value === 'string' ? value : value.length + ' of ' + value[0]);
        if (got.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      stream.close({ closeCode: 3000, reason: 'all' });
      const { closeCode, reason } = await stream.closed;
      return { got, closeCode, reason };
    };
    document.title = 'ready';
  </script>`;
  return [{ '/stream': { html } }];
});

for (const transport of ['relay', 'native']) {
  testInBrowsers(['chromium', 'firefox'], `over ${transport}, piped messages come back in order`, async (page) => {
    const errors = collectErrors(page);
    await page.goto(`${servers.pages.url}/stream`);
    await page.waitForFunction(() => document.title === 'ready');
    const pipe = (name) => /** @type {any} */ (globalThis).pipe(name);
    const { got, closeCode, reason } = await page.evaluate(pipe, transport);
    const expected = Array.from({ length: COUNT }, (_, i) =>
      (i + 1) % 2 ? `text ${i + 1}` : `20000 of ${(i + 1) % 256}`,
    );
    assert.deepEqual(got, expected);
    assert.deepEqual({ closeCode, reason }, { closeCode: 3000, reason: 'all' });
    assert.deepEqual(errors, []);
  });
}
