// The clients that the suite can test: the package, and others for comparison.
import { startRelay } from '../servers.js';

/**
 * A client that is ready to run cases.
 * @typedef {object} Client
 * @property {(url: string) => Promise<void>} run runs the case of that URL to its end
 * @property {() => string[]} complaints its warnings and errors on the console
 * @property {() => Promise<void>} close
 */

/**
 * TLS in front of the server. The server insists on its own port in the Host header: URLs have that, and the transport
 * connects to this one.
 * @typedef {{ port: number, ca: string }} Tls
 */

/**
 * A class in this process.
 * @param {string} name `package`, as it is installed in tests/package; `ws`, npm's; `native`, Node's own
 * @param {Tls} [tls] of the package only
 * @returns {Promise<Client>}
 */
export async function inNode(name, tls) {
  const { echo, echoByTls } = await import('../../tests/autobahn/echo.js');
  const WebSocket = await CLASSES[name]?.();
  if (!WebSocket) throw new Error(`no client ${name} in this Node: the clients are ${Object.keys(CLASSES)}`);
  const ours = await import('../../tests/package/support/installed.js');
  const run = tls ? (url) => echoByTls(ours, url, ours.tcp, tls) : (url) => echo(WebSocket, url);
  return { run, complaints: () => [], close: async () => {} };
}

const CLASSES = {
  package: async () => (await import('../../tests/package/support/installed.js')).WebSocket,
  ws: async () => (await import('ws')).WebSocket,
  native: async () => globalThis.WebSocket,
};

/** The line that a class writes to the console when a connection fails: most cases expect a failure. */
const FAILED_CONNECTION = /^WebSocket connection to '[^']*' failed: /;

/**
 * A class in a page of Chromium.
 * @param {string} name `package`, which is dist/ through a relay; `native`, the browser's own
 * @param {string} server the URL of the suite's server
 * @param {Tls} [tls] of the package only
 * @returns {Promise<Client>}
 */
export async function inPage(name, server, tls) {
  if (!['package', 'native'].includes(name)) throw new Error(`there is no client ${name} in a page`);
  const { collectErrors, launchChromium } = await import('../../tests/support/browsers/puppeteer.js');
  const { servePages } = await import('../../tests/support/pages.js');
  const relay = await startRelay({ targets: [tls?.port ?? Number(new URL(server).port)] });
  const pages = await servePages();
  const browser = await launchChromium();
  const page = await browser.newPage();
  const errors = collectErrors(page);
  await page.goto(pages.url);
  const job = { relay: name === 'package' ? relay.url : undefined, tls };
  return {
    run: (url) => page.evaluate(runInPage, { ...job, url }),
    complaints: () => errors.filter((error) => !FAILED_CONNECTION.test(error)),
    close: async () => {
      await browser.close();
      await pages.close();
      await relay.close();
    },
  };
}

/** Runs in the page. */
async function runInPage({ url, relay, tls }) {
  const { echo, echoByTls } = await import(/** @type {any} */ ('/tests/autobahn/echo.js'));
  if (!relay) return echo(WebSocket, url);
  const ours = await import(/** @type {any} */ ('/dist/browser.js'));
  if (tls) return echoByTls(ours, url, ours.wisp(relay), tls);
  return echo(ours.WebSocket, url, { transport: ours.wisp(relay) });
}
