// HAR from pages, read by Chromium's own developer tools: their front end is a page that the browser serves.
import assert from 'node:assert/strict';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { pagesWithEcho } from '../support/page-servers.js';

const servers = pagesWithEcho(({ server, relay }) => {
  const html = `<script type="module">
    import { native, WebSocket, wisp } from './dist/web.js';
    import { recordOf } from './dist/har.js';
    const transports = { native, relay: wisp('${relay.url}') };
    // Before the core is loaded.
    const options = { transport: transports[location.hash.slice(1)] };
    const socket = new WebSocket('${server.url}?of=' + location.hash.slice(1), options);
    const recorder = recordOf(socket);
    const answers = ['Hello', new Uint8Array([1, 2, 255]), new Blob(['blob']), 'zw\\u00f6lf '.repeat(300)];
    socket.onopen = () => answers.forEach((data) => socket.send(data));
    let count = 0;
    socket.onmessage = () => {
      count += 1;
      if (count === answers.length) socket.close(3000, 'all');
    };
    socket.onclose = async () => {
      globalThis.har = JSON.stringify(await recorder.toHar());
    };
  </script>`;
  return [{ '/har': { html } }];
});

const CONTENTS = [
  [1, 'Hello'],
  [2, 'AQL/'],
  [2, 'YmxvYg=='],
  [1, 'zwölf '.repeat(300)],
];
const EXPECTED = ['send', 'receive'].flatMap((type) => CONTENTS.map(([opcode, data]) => [type, opcode, data]));

/** The JSON of a HAR that a page recorded over a transport. */
async function record(page, transport) {
  await page.goto('about:blank');
  await page.goto(`${servers.pages.url}/har#${transport}`);
  const har = await page.waitForFunction(() => /** @type {any} */ (globalThis).har);
  return har.jsonValue();
}

for (const transport of ['relay', 'native']) {
  const title = `over ${transport}, messages are recorded from the start, also before the core is loaded`;
  testInBrowsers(['chromium', 'firefox'], title, async (page) => {
    const errors = collectErrors(page);
    const [entry] = JSON.parse(await record(page, transport)).log.entries;
    assert.deepEqual(
      entry._webSocketMessages.map(({ type, opcode, data }) => [type, opcode, data]),
      EXPECTED,
    );
    assert.deepEqual([entry._close.code, entry._close.reason, entry.response.status], [3000, 'all', 101]);
    assert.equal(entry.request.headers.length > 0, transport === 'relay');
    assert.ok(entry.timings.wait > 0, JSON.stringify(entry.timings));
    assert.deepEqual(errors, []);
  });
}

/** Runs in the front end of the developer tools: imports a file as its Network panel does, and exports it again. */
async function importAndExport(file) {
  const load = (path) => import(/** @type {any} */ (`./${path}.js`));
  const { NetworkPanel } = await load('panels/network/network');
  const { NetworkLog } = await load('models/logs/logs');
  const { Writer } = await load('models/har/har');
  const { Progress } = await load('core/common/common');
  const panel = NetworkPanel.NetworkPanel.instance();
  await panel.networkLogView.onLoadFromFile(new File([file], 'file.har'));
  const requests = NetworkLog.NetworkLog.instance().requests();
  const progress = new Progress.CompositeProgress(new Progress.Progress());
  return {
    imported: requests.map((request) => ({
      url: request.url(),
      type: request.resourceType().name(),
      status: `${request.statusCode} ${request.statusText}`,
      requestHeaders: request.requestHeaders().map(({ name, value }) => `${name}: ${value}`),
      port: request.remoteAddress().split(':').at(-1),
      seconds: request.duration,
      frames: request.frames().map(({ type, opCode, text, time }) => ({ type, opCode, text, time })),
    })),
    exported: JSON.parse(await Writer.Writer.harStringForRequests(requests, { sanitize: true }, progress)),
  };
}

const title = "the browser's developer tools import a HAR, and export the same messages";
testInBrowsers(['chromium'], title, async (page) => {
  const files = [await record(page, 'relay'), await record(page, 'native')];
  const { host } = new URL(page.browser().wsEndpoint());
  const inspected = await (await fetch(`http://${host}/json/new`, { method: 'PUT' })).json();
  await page.goto(`http://${host}/devtools/devtools_app.html?ws=${host}/devtools/page/${inspected.id}`);
  await page.waitForSelector('.root-view');
  for (const file of files) {
    const { imported, exported } = await page.evaluate(importAndExport, file);
    assert.equal(imported.length, 1);
    const [{ frames, seconds, ...request }] = imported;
    const [entry] = JSON.parse(file).log.entries;
    assert.deepEqual(request, {
      url: entry.request.url,
      type: 'websocket',
      status: '101 Switching Protocols',
      requestHeaders: entry.request.headers.map(({ name, value }) => `${name}: ${value}`),
      port: `${servers.server.port}`,
    });
    assert.ok(Math.abs(seconds * 1000 - entry.time) < 1, `${seconds}`);
    assert.deepEqual(
      frames.map(({ type, opCode, text }) => [type, opCode, text]),
      EXPECTED,
    );
    assert.deepEqual(
      frames.map(({ time }) => time),
      entry._webSocketMessages.map(({ time }) => time),
    );
    assert.deepEqual(exported.log.entries[0]._webSocketMessages, entry._webSocketMessages);
  }
});
