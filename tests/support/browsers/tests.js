// Tests in browsers: each helper launches what a test needs, and closes it.
import { after, before, test } from 'node:test';
import { launch } from './index.js';
import { launchChromium, launchFirefox } from './puppeteer.js';

const PUPPETEER = { chromium: launchChromium, firefox: launchFirefox };

/** By name and flags: a browser takes seconds to launch. @type {Map<string, import('puppeteer-core').Browser>} */
const launched = new Map();

let closes = false;

/** Closes the browsers after a file's tests. */
function closeAfterTests() {
  if (closes) return;
  closes = true;
  after(async () => {
    for (const browser of launched.values()) await browser.close();
  });
}

/**
 * Runs `use` with a page in a context of its own, which shares neither cache nor storage with others of the same browser.
 * @param {keyof typeof PUPPETEER} name
 * @param {string[]} flags
 * @param {(page: import('puppeteer-core').Page) => Promise<void>} use
 */
async function withPage(name, flags, use) {
  const key = [name, ...flags].join(' ');
  let browser = launched.get(key);
  if (!browser?.connected) {
    browser = await PUPPETEER[name](...flags);
    launched.set(key, browser);
  }
  const context = await browser.createBrowserContext();
  try {
    await use(await context.newPage());
  } finally {
    await context.close();
  }
}

/**
 * Registers a test in each of these browsers. It gets a page, and no other test shares its cache and storage.
 * @param {(keyof typeof PUPPETEER)[]} names
 * @param {string} title
 * @param {(page: import('puppeteer-core').Page) => Promise<void>} run
 * @param {string[]} [flags] command-line arguments
 */
export function testInBrowsers(names, title, run, flags = []) {
  closeAfterTests();
  for (const name of names) {
    test(`${name}: ${title}`, () =>
      withPage(name, flags, async (page) => {
        page.setDefaultTimeout(60_000);
        await run(page);
      }));
  }
}

/**
 * The same in Chromium, Firefox and WebKit, by the interface that they share.
 * @param {string} title
 * @param {(page: import('./index.js').Page) => Promise<void>} run
 */
export function testInEveryBrowser(title, run) {
  closeAfterTests();
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    test(`${name}: ${title}`, () => withPage(name, [], run));
  }
  test(`webkit: ${title}`, async () => {
    // It has one page only.
    const browser = await launch('webkit');
    try {
      await run(await browser.newPage());
    } finally {
      await browser.close();
    }
  });
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
