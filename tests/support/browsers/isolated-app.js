// An Isolated Web App in Chromium, installed in developer mode from a static server: the only kind of page that has direct
// sockets.
import { randomBytes } from 'node:crypto';
import { servePages } from '../pages.js';
import { launchChromiumByPipe } from './puppeteer.js';

/** Of the app and of what it may do: sockets, also to addresses of loopback. */
const POLICIES = ['cross-origin-isolated', 'direct-sockets', 'local-network', 'loopback-network'];
const MANIFEST = {
  name: 'Test',
  version: '1.0.0',
  id: '/',
  scope: '/',
  start_url: '/',
  display: 'standalone',
  icons: [{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' }],
  permissions_policy: Object.fromEntries(POLICIES.map((policy) => [policy, ['self']])),
};
const ICON = '<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512"><rect width="512" height="512"/></svg>';

/**
 * Installs and opens an app that serves what `servePages` serves.
 * @returns {Promise<{ page: import('puppeteer-core').Page, close: () => Promise<void> }>}
 */
export async function openIsolatedApp() {
  const files = { '/.well-known/manifest.webmanifest': JSON.stringify(MANIFEST), '/icon.svg': ICON };
  const pages = await servePages({}, files);
  /** @type {import('puppeteer-core').Browser | undefined} */
  let browser;
  const close = async () => {
    await browser?.close();
    await pages.close();
  };
  try {
    browser = await launchChromiumByPipe('--enable-features=IsolatedWebApps,IsolatedWebAppDevMode');
    const origin = `isolated-app://${newAppId()}`;
    const session = await browser.target().createCDPSession();
    await session.send('PWA.install', { manifestId: `${origin}/`, installUrlOrBundleUrl: pages.url });
    await session.send('Browser.grantPermissions', { origin, permissions: ['localNetwork', 'loopbackNetwork'] });
    const opening = browser.waitForTarget((target) => target.url().startsWith(origin));
    await session.send('PWA.launch', { manifestId: `${origin}/` });
    return { page: await (await opening).asPage(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The id of an app without a key: random bytes and a suffix that says so, in base 32 (WICG Isolated Web Apps, Scheme.md). */
function newAppId() {
  const bits = [...randomBytes(32), 0, 0, 2].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{5}/g) ?? [];
  return digits.map((digit) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(digit, 2)]).join('');
}
