// tests/web.rs and tests/worker.rs: `wasm-pack test` in headless Chromium, against real servers that it starts.
import { delimiter, join } from 'node:path';
import { root, run, say } from './run.js';
import { startEcho, startRelay } from './servers.js';

/** Runs them; `dist/` must be built. The environment says where the driver is. */
export async function testInChromium() {
  const echo = await startEcho();
  const relay = await startRelay({ targets: [echo.port] });
  const tools = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const env = { PATH: tools, ECHO_URL: echo.url, RELAY_URL: relay.url };
  try {
    for (const file of ['web', 'worker']) {
      say(`wasm-pack test: tests/${file}.rs in headless Chromium ...`);
      await run(
        'wasm-pack',
        ['test', '--headless', '--chrome', '--mode', 'no-install', '--release', '.', '--test', file],
        {
          env,
        },
      );
    }
    say(`the echo server saw: ${echo.counts()}`);
  } finally {
    await relay.close();
    await echo.close();
  }
}
