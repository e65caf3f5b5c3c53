// Failure codes that only a page reaches: each with what a page of Chromium does for it.

/**
 * They return the code with which a connection failed.
 * @type {Record<string, (page: import('puppeteer-core').Page, servers: import('./page-servers.js').Servers) =>
 *   Promise<string | undefined>>}
 */
export const PAGE_FAILURES = {
  'back-forward-cache': async (page, { pages, relay, server }) => {
    await page.goto(pages.url);
    await page.evaluate(connect, relay.url, server.url);
    await page.goto(`${pages.url}/elsewhere`);
    await page.goBack();
    return await page.evaluate(() => /** @type {any} */ (globalThis).code);
  },
};

/** Runs in a page: opens a socket over a relay. The global `code` is a promise of its failure's code. */
async function connect(relay, url) {
  const path = '/dist/browser.js';
  const { WebSocket, connectionOf, wisp } = await import(path);
  const socket = new WebSocket(url, { transport: wisp(relay) });
  const code = new Promise((resolve) => {
    socket.onclose = () => resolve(connectionOf(socket).failure?.code);
  });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  Object.assign(globalThis, { code });
}
