// Opens pages in browsers and waits for what they leave in `globalThis.result`.
import { webkit } from '../../../scripts/setup/browsers.js';
import { launchWebKit } from '../../dom/engines/webkit.js';
import { launchChromium, launchFirefox } from '../../page/support.js';

/** @typedef {{ version: string, result: (url: string) => Promise<string>, close: () => Promise<unknown> }} Browser */

/** @type {Record<string, () => Promise<Browser>>} */
export const LAUNCH = {
  chromium: () => puppet(launchChromium),
  firefox: () => puppet(launchFirefox),
  webkit: async () => {
    const browser = await launchWebKit(await webkit());
    const result = async (url) => {
      await browser.open(url);
      return browser.evaluate(async () => {
        while (!('result' in globalThis)) await new Promise((resolve) => setTimeout(resolve, 50));
        return /** @type {any} */ (globalThis).result;
      }, null);
    };
    return { version: 'WebKitGTK', result, close: browser.close };
  },
};

async function puppet(launch) {
  const browser = await launch();
  const result = async (url) => {
    const page = await browser.newPage();
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(`${error}`));
    try {
      await page.goto(url);
      await page.waitForFunction(() => 'result' in globalThis, { timeout: 30_000 });
      return await page.evaluate(() => /** @type {any} */ (globalThis).result);
    } catch (error) {
      throw new Error([error.message, ...said].join(' | '));
    } finally {
      await page.close();
    }
  };
  return { version: await browser.version(), result, close: () => browser.close() };
}
