// Runs tests/web.rs and tests/worker.rs by `wasm-pack test` in headless Chromium, against the servers that they need.
import { delimiter, join } from 'node:path';
import { root, run, say } from './run.js';
import { startEcho, startRelay } from './servers.js';

/** Runs the tests; `dist/` must be built, and CHROMEDRIVER must be set. */
export async function testInChromium() {
  const echo = await startEcho();
  const relay = await startRelay({ targets: [echo.port] });
  const tools = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const env = { PATH: tools, ECHO_URL: echo.url, RELAY_URL: relay.url };
  try {
    for (const file of ['web', 'worker']) {
      say(`wasm-pack test: tests/${file}.rs in headless Chromium ...`);
      const args = ['test', '--headless', '--chrome', '--mode', 'no-install', '--release', '.', '--test', file];
      await run('wasm-pack', args, { env });
    }
    say(`the echo server saw: ${echo.counts()}`);
  } finally {
    await relay.close();
    await echo.close();
  }
}
