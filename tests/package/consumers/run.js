// Runs every consumer, and prints a line for each. Called by scripts/test-consumers.js.
import { createServer } from 'node:https';
import { createAuthority } from '../../../scripts/certificates.js';
import { echoOn, listen, startEcho, startRelay } from '../../../scripts/servers.js';
import { launch } from '../../support/browsers/index.js';
import { startDomServer } from '../../support/servers/dom.js';
import { resultOf } from './browsers.js';
import { bundlers } from './bundlers.js';
import { CAME_BACK } from './check.js';
import { pages } from './pages.js';
import { installConsumers } from './project.js';
import { runtimes } from './runtimes.js';
import { serve } from './serve.js';

/**
 * Runs the consumers whose name contains one of the words; without words all of them.
 * @param {string[]} words
 * @returns {Promise<void>} rejects when a consumer fails
 */
export async function testConsumers(words) {
  const wanted = (name) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase()));
  await installConsumers();
  const echo = await startEcho({ perMessageDeflate: true });
  const secure = await startSecureEcho();
  const relay = await startRelay({ targets: [echo.port, secure.port] });
  const dom = await startDomServer();
  const server = await serve();
  const tls = { url: secure.url, ca: secure.ca };
  const env = { servers: { echo: echo.url, relay: relay.url, tls }, dom: dom.url, server };
  const rows = [];
  const row = async (consumer, where, expect, run) => {
    if (!wanted(`${consumer}, ${where}`)) return;
    const started = Date.now();
    const result = await Promise.resolve()
      .then(run)
      .catch((error) => `${error.message ?? error}`);
    const passed = typeof expect === 'string' ? result === expect : expect.test(result);
    rows.push({ consumer, passed });
    const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(5);
    console.log(`${passed ? '  ok' : 'FAIL'} ${seconds} s  ${consumer}, ${where}${passed ? '' : `: ${result}`}`);
  };
  /** @type {Map<string, import('../../support/browsers/index.js').Browser>} */
  const launched = new Map();
  const open = async (engine, path) => {
    const browser = launched.get(engine) ?? (await launch(engine));
    launched.set(engine, browser);
    const url = path.startsWith('http') ? path : `${server.url}/${path}`;
    return resultOf(browser, `${url}?${encodeURIComponent(env.servers.echo)}`);
  };
  try {
    for (const { name, version, run, expect = CAME_BACK } of runtimes(env)) await row(name, version, expect, run);
    for (const { name, version, build, expect = CAME_BACK } of bundlers(env)) {
      await row(name, version, expect, async () => {
        const { path, close } = await build();
        const result = await open('chromium', path);
        await close?.();
        return result;
      });
    }
    for (const { name, make, csp, expect = CAME_BACK, engines = ['chromium'] } of pages) {
      const path = make(env);
      if (csp) server.csp.set(path.split('/')[0], csp);
      for (const engine of engines) await row(name, engine, expect, () => open(engine, path));
    }
    for (const [engine, browser] of launched) console.log(`     ${engine}: ${await browser.version()}`);
  } finally {
    for (const browser of launched.values()) await browser.close();
    for (const running of [server, dom, relay, secure, echo]) await running.close();
  }
  const failed = rows.filter(({ passed }) => !passed);
  if (failed.length > 0) throw new Error(`${failed.length} of ${rows.length} consumers fail`);
  console.log(`     all ${rows.length} consumers work`);
}

/** An echo server by TLS, with a certificate of an authority that nothing trusts. */
async function startSecureEcho() {
  const authority = createAuthority();
  const { certPem, keyPem } = authority.issue({ names: ['127.0.0.1'] });
  const https = createServer({ cert: certPem, key: keyPem });
  await echoOn(https, { perMessageDeflate: true });
  return { ...(await listen(https, { scheme: 'wss' })), ca: authority.certPem };
}
