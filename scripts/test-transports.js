// The step `transports`: every transport against the contract, as a table. With arguments, `npm run test:transport`: the
// transports of these modules.
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { removeColumns, table } from '../tests/transports/contract/table.js';
import { build } from './build.js';
import { nodeTest, PROCESSORS } from './node-test.js';
import { installPacked } from './pack.js';
import { fail } from './run.js';
import { setUp } from './setup/index.js';

/** The needs of the step. @type {import('./setup/index.js').Need[]} */
export const NEEDS = ['dist', 'npm:tests', 'chromium', 'firefox'];

/** Tests the package's transports; `dist/` must be built. */
export async function testTransports() {
  await installPacked('tests/package');
  await tabulated(() => nodeTest('tests/transports', { concurrency: PROCESSORS }));
}

/** Runs tests, and prints the table of those that ran. */
async function tabulated(runTests) {
  removeColumns();
  try {
    await runTests();
  } finally {
    console.log(`\n${table()}\n`);
  }
}

/** @param {string[]} files modules that export a transport, as tests/transports/contract/README.md says */
async function testOwn(files) {
  if (files.length === 0) throw new Error('usage: npm run test:transport -- ./my-transport.js');
  const urls = files.map((file) => pathToFileURL(resolve(process.env.INIT_CWD ?? '.', file)).href);
  await setUp(['dist', 'npm:tests']);
  await build();
  await installPacked('tests/package');
  await tabulated(() => nodeTest('tests/transports/contract', { env: { TRANSPORTS: JSON.stringify(urls) } }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await testOwn(process.argv.slice(2)).catch(fail);
