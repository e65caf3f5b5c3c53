// `npm run test:libraries`: third-party libraries on this class, against their own servers, in Node and in Chromium.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.js';
import { nodeTest, PROCESSORS } from './node-test.js';
import { installPacked } from './pack.js';
import { fail, root, run } from './run.js';
import { setUp } from './setup/index.js';

/** The folder in which the libraries and the packed package are installed. */
export const FOLDER = 'tests/libraries';

/** The needs of the step. @type {import('./setup/index.js').Need[]} */
export const NEEDS = ['dist', 'npm:tests', 'npm:libraries', 'npm:anvil', 'chromium'];

/** Checks that the class fits the libraries' types, and runs the libraries; `dist/` must be built. */
export async function testLibraries() {
  await installPacked(FOLDER);
  await run(join(root, 'node_modules', '.bin', 'tsc'), ['--project', FOLDER]);
  await nodeTest(FOLDER, { concurrency: PROCESSORS });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = async () => {
    await setUp(NEEDS);
    await build();
    await testLibraries();
  };
  await all().catch(fail);
}
