// Opens pages in browsers and waits until they have set `globalThis.result`.

/**
 * Opens a page in a tab of its own.
 * @param {import('../../support/browsers/index.js').Browser} browser
 * @param {string} url
 * @returns {Promise<string>} its result
 */
export async function resultOf(browser, url) {
  const page = await browser.newPage();
  const lines = collectLines(page);
  try {
    await page.goto(url);
    return await page.evaluate(waitForResult);
  } catch (error) {
    throw new Error([error.message, ...lines].join(' | '));
  } finally {
    await page.close();
  }
}

/** Runs in the page. */
async function waitForResult() {
  for (let polls = 0; polls < 600 && !('result' in globalThis); polls += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (!('result' in globalThis)) throw new Error('the page set no result within 30 s');
  return /** @type {any} */ (globalThis).result;
}

/** What a page writes to its console, and its uncaught exceptions. */
function collectLines(page) {
  const lines = [];
  page.on?.('console', (message) => lines.push(message.text()));
  page.on?.('pageerror', (error) => lines.push(`${error}`));
  return lines;
}
