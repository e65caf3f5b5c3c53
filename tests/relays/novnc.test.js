// needs: pip:websockify tigervnc npm:libraries chromium
// noVNC, on the packed package in a page, shows the screen of a VNC server by websockify: over the relay and over `native`.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { installPacked } from '../../scripts/pack.js';
import { freePort, startRelay } from '../../scripts/servers.js';
import { pathOf } from '../../scripts/setup/programs.js';
import { pythonProgram } from '../../scripts/setup/python.js';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { sharedChromium } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import { startProgram } from '../support/relays/program.js';

/** As a user types it, and as the server's option has it: obscured, by DES with a key that everybody knows. */
const PASSWORD = { clear: 'password', obscured: 'dbd83cfd727a1458' };

const browser = sharedChromium();
let script;
before(async () => {
  await installPacked('tests/libraries');
  script = await bundle();
});

for (const wire of ['relay', 'native']) {
  test(`noVNC shows a screen and resizes it, ${wire}`, { timeout: 60_000 }, async (context) => {
    const started = async (starting) => {
      const running = await starting;
      context.after(running.close);
      return running;
    };
    const vnc = await started(startVnc());
    const websockify = await started(startWebsockify(vnc.port));
    const relay = await started(startRelay({ targets: [websockify.port] }));
    const pages = await started(servePages());
    const page = await browser.newPage();
    context.after(() => page.close());
    const errors = collectErrors(page);
    await page.goto(pages.url);
    await page.addScriptTag({ content: script, type: 'module' });
    // It awaits something itself.
    await page.waitForFunction(() => 'showScreen' in window);
    const job = {
      url: `ws://127.0.0.1:${websockify.port}/websockify`,
      password: PASSWORD.clear,
      ...(wire === 'relay' && { relay: relay.url }),
    };
    const result = await page.evaluate((job) => /** @type {any} */ (window).showScreen(job), job);
    assert.deepEqual(result, { status: 1, name: 'a screen', size: [300, 200], clean: true, made: 1 });
    // noVNC reports the wrong password.
    assert.deepEqual(errors.length, 1, `${errors}`);
    assert.match(errors[0], /Authentication failure/);
  });
}

/** Starts an X server whose screen is served by VNC: white, and empty. */
async function startVnc() {
  const port = await freePort();
  const args = [
    '-interface',
    '127.0.0.1',
    '-rfbport',
    `${port}`,
    '-SecurityTypes',
    'VncAuth',
    '-Password',
    PASSWORD.obscured,
  ];
  const screen = ['-desktop', 'a screen', '-geometry', '64x48', '-wr', '-nolisten', 'tcp', '-AlwaysShared'];
  // The number of a display of its own.
  return startProgram(pathOf('Xtigervnc'), [`:${port}`, ...args, ...screen], port);
}

async function startWebsockify(target) {
  const port = await freePort();
  return startProgram(pythonProgram('websockify', 'websockify'), [`127.0.0.1:${port}`, `127.0.0.1:${target}`], port);
}

async function bundle() {
  const input = fileURLToPath(new URL('../libraries/novnc-page.js', import.meta.url));
  const bundled = await rolldown({ input, platform: 'browser', logLevel: 'silent' });
  const { output } = await bundled.generate({ format: 'esm', codeSplitting: false });
  await bundled.close();
  return output[0].code;
}
