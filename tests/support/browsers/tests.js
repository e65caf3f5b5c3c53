// Tests in browsers: each helper launches what a test needs, and closes it.
import { after, before, test } from 'node:test';
import { launch } from './index.js';
import { launchChromium, launchFirefox } from './puppeteer.js';

const PUPPETEER = { chromium: launchChromium, firefox: launchFirefox };

/**
 * Registers a test in each of these browsers. It gets a page of a browser of its own.
 * @param {(keyof typeof PUPPETEER)[]} names
 * @param {string} title
 * @param {(page: import('puppeteer-core').Page) => Promise<void>} run
 * @param {string[]} [flags] command-line arguments
 */
export function testInBrowsers(names, title, run, flags = []) {
  for (const name of names) {
    test(`${name}: ${title}`, async () => {
      const browser = await PUPPETEER[name](...flags);
      try {
        const page = await browser.newPage();
        page.setDefaultTimeout(60_000);
        await run(page);
      } finally {
        await browser.close();
      }
    });
  }
}

/**
 * The same in Chromium, Firefox and WebKit, by the interface that they share.
 * @param {string} title
 * @param {(page: import('./index.js').Page) => Promise<void>} run
 */
export function testInEveryBrowser(title, run) {
  for (const name of /** @type {const} */ (['chromium', 'firefox', 'webkit'])) {
    test(`${name}: ${title}`, async () => {
      const browser = await launch(name);
      try {
        await run(await browser.newPage());
      } finally {
        await browser.close();
      }
    });
  }
}

/**
 * Launches a Chromium that all tests of a file share.
 * @returns {{ newPage: () => Promise<import('puppeteer-core').Page> }}
 */
export function sharedChromium() {
  /** @type {import('puppeteer-core').Browser} */
  let browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());
  return { newPage: () => browser.newPage() };
}
