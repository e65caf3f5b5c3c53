// `npm run test:libraries`: other people's libraries on our class, against their own servers, in Node and in Chromium.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.js';
import { installPacked } from './pack.js';
import { fail, root, run } from './run.js';
import { setupTests } from './setup/index.js';
import { nodeModules } from './setup/npm.js';

const FOLDER = 'tests/libraries';

/** @type {Promise<void> | undefined} */
let installed;

/** Installs the libraries and the packed package beside them, once for all steps; dist/ must be built. */
export function installLibraries() {
  installed ??= install();
  return installed;
}

async function install() {
  await nodeModules(FOLDER);
  await installPacked(FOLDER);
}

/**
 * Checks that the libraries' types take our class, and runs them; dist/ must be built.
 * @param {string} chromium the browser's path
 */
export async function testLibraries(chromium) {
  await installLibraries();
  await run(join(root, 'node_modules', '.bin', 'tsc'), ['--project', FOLDER]);
  const tests = ['--test', '--test-reporter=spec', '--test-timeout=180000', `${FOLDER}/`];
  await run('node', tests, { env: { CHROMIUM: chromium } });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = async () => {
    const { chromium } = await setupTests();
    await build();
    await testLibraries(chromium);
  };
  await all().catch(fail);
}
