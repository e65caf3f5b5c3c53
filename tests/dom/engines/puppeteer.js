// Chromium and Firefox, by puppeteer.
import { complaints } from '../../page/support.js';

/** Opens a page in a browser that puppeteer drives; as {@link import('./webkit.js').launchWebKit}. */
export async function launchPuppet(launch) {
  const browser = await launch();
  const page = await browser.newPage();
  const errors = complaints(page);
  return {
    open: (url) => page.goto(url),
    start: async (job) => {
      page.setDefaultTimeout(600_000);
      const results = await page.evaluate(async (job) => {
        const { start } = await import(/** @type {any} */ ('/tests/dom/entry.js'));
        return start(job).catch((error) => ({ failed: `${error}` }));
      }, job);
      return results;
    },
    errors,
    close: () => browser.close(),
  };
}
