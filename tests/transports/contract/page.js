// Runs cases in a page.
import { launchChromium, launchFirefox } from '../../support/browsers/puppeteer.js';
import { servePages } from '../../support/pages.js';

const LAUNCHERS = { chromium: launchChromium, firefox: launchFirefox };

/**
 * A browser that loads the served package, or a function that opens a page in which `/dist/` and the folder of the cases
 * are served.
 * @typedef {{ browser: keyof typeof LAUNCHERS, flags?: string[] } | { open: () => Promise<{ page: import('puppeteer-core').Page, close: () => unknown }> }} Where
 */

/**
 * Opens a page and makes the transport in it.
 * @param {Where} where
 * @param {{ make: (exports: any, args: any) => any, args: any, ask: (id: string, command?: string) => any }} parts
 */
export async function openPage(where, { make, args, ask }) {
  const { page, close } = await ('open' in where ? where.open() : launch(where));
  try {
    await page.exposeFunction('contractAsk', ask);
    const modules = await page.evaluateHandle(async () => {
      const load = (path) => import(/** @type {any} */ (path));
      const [stream, transports, cases] = await Promise.all([
        load('/dist/stream.js'),
        load('/dist/transports.js'),
        load('/tests/transports/contract/cases/index.js'),
      ]);
      return { exports: { ...stream, ...transports }, runCase: cases.runCase };
    });
    const exports = await page.evaluateHandle(({ exports }) => exports, modules);
    const transport = await page.evaluateHandle(make, exports, args);
    return {
      run: (title, rest) =>
        page.evaluate(
          ({ exports, runCase }, transport, title, rest) =>
            runCase(title, exports, transport, rest, /** @type {any} */ (globalThis).contractAsk),
          modules,
          /** @type {any} */ (transport),
          title,
          rest,
        ),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function launch({ browser: name, flags = [] }) {
  const pages = await servePages();
  const browser = await LAUNCHERS[name](...flags);
  const close = async () => {
    await browser.close();
    await pages.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(pages.url);
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}
