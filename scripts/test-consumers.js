// `npm run test:consumers`: the packed package in every kind of project. Words as arguments run only the consumers that
// have one of them in their name: `npm run test:consumers -- vite deno`.
import { fileURLToPath } from 'node:url';
import { build } from './build.js';
import { fail } from './run.js';
import { setupTests } from './setup/index.js';

/**
 * Runs them; `dist/` must be built.
 * @param {import('./setup/browsers.js').Browsers} browsers
 * @param {string[]} [words]
 */
export async function testConsumers({ chromium, firefox }, words = []) {
  Object.assign(process.env, { CHROMIUM: chromium, FIREFOX: firefox });
  const consumers = await import('../tests/package/consumers/run.js');
  await consumers.testConsumers(words);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const run = async () => {
    const browsers = await setupTests();
    await build();
    await testConsumers(browsers, process.argv.slice(2));
  };
  await run().catch(fail);
}
