// `npm run test:consumers`: the packed package in every kind of project. Words as arguments run only the consumers whose
// name contains one of them: `npm run test:consumers -- vite deno`.
import { fileURLToPath } from 'node:url';
import { build } from './build.js';
import { fail } from './run.js';
import { setUp } from './setup/index.js';

/** The needs of the step. @type {import('./setup/index.js').Need[]} */
export const NEEDS = ['dist', 'npm:tests', 'npm:consumers', 'chromium', 'firefox', 'webkit'];

/**
 * Runs the consumers; `dist/` must be built.
 * @param {string[]} [words]
 */
export async function testConsumers(words = []) {
  const consumers = await import('../tests/package/consumers/run.js');
  await consumers.testConsumers(words);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const run = async () => {
    // With a newer Node.
    await setUp([...NEEDS, 'npm:tls']);
    await build();
    await testConsumers(process.argv.slice(2));
  };
  await run().catch(fail);
}
