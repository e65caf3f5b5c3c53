// Browsers that the tests drive. All have puppeteer's interface; WebKit has the part of it that `Browser` and `Page`
// name.
import { launchChromium, launchFirefox } from './puppeteer.js';
import { launchWebKit } from './webkit.js';

/**
 * @typedef {object} Browser
 * @property {() => Promise<Page>} newPage WebKit has one page only, and returns it
 * @property {() => Promise<string>} version
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Page
 * @property {(url: string) => Promise<unknown>} goto
 * @property {(run: (...args: any[]) => any, ...args: any[]) => Promise<any>} evaluate runs a function in the page;
 *   it sees its arguments and the page's globals only
 * @property {() => Promise<void>} close
 * @property {(type: any, listener: (event: any) => void) => unknown} [on] listens to its console and its uncaught
 *   exceptions; WebKit's driver doesn't report them
 */

/** The launchers by the browsers' names. */
const LAUNCHERS = { chromium: launchChromium, firefox: launchFirefox, webkit: launchWebKit };

/**
 * Launches a browser.
 * @param {keyof typeof LAUNCHERS} name
 * @returns {Promise<Browser>}
 */
export function launch(name) {
  return LAUNCHERS[name]();
}
