// Chromium and Firefox, by puppeteer.

/**
 * Opens a page in a browser that puppeteer drives; as {@link import('./webkit.js').launchWebKit}.
 * @param {() => Promise<import('puppeteer-core').Browser>} launch
 * @returns {Promise<import('./webkit.js').Driven>}
 */
export async function launchPuppet(launch) {
  const browser = await launch();
  const page = await browser.newPage();
  page.setDefaultTimeout(600_000);
  return {
    open: async (url) => void (await page.goto(url)),
    evaluate: (run, argument) => page.evaluate(run, argument),
    close: () => browser.close(),
  };
}
