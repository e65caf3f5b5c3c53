// `npm run test:relays`: the packed package in Node with servers that aren't npm packages: relays and proxies from PyPI and
// Debian, and balancers. Names of test files as arguments run only these: `-- balancer websockify`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeColumns, table } from '../tests/transports/contract/table.js';
import { build } from './build.js';
import { nodeTest, testFiles } from './node-test.js';
import { installPacked } from './pack.js';
import { fail, root, sayDone } from './run.js';
import { isNeed, setUp } from './setup/index.js';

const FOLDER = 'tests/relays';

/** The needs of every test. @type {import('./setup/index.js').Need[]} */
const NEEDS = ['dist', 'npm:tests'];

/**
 * The needs of a test file beyond those: its line `// needs: haproxy pip:websockify`.
 * @param {string} file
 * @returns {import('./setup/index.js').Need[]}
 */
function needsOf(file) {
  const [, names = ''] = /^\/\/ needs: (.+)$/m.exec(readFileSync(join(root, FOLDER, file), 'utf8')) ?? [];
  return names.split(' ').flatMap((name) => {
    if (name === '') return [];
    if (!isNeed(name)) throw new Error(`${FOLDER}/${file} needs ${name}, which the set-up doesn't know`);
    return [name];
  });
}

/**
 * The test files with these names.
 * @param {string[]} names without `.test.js`; none: all
 */
function chosen(names) {
  const files = testFiles(FOLDER);
  const unknown = names.filter((name) => !files.includes(`${name}.test.js`));
  if (unknown.length > 0) {
    const all = files.map((file) => file.replace('.test.js', ''));
    throw new Error(`no such test: ${unknown.join(', ')}; there are ${all.join(', ')}`);
  }
  return names.length === 0 ? files : names.map((name) => `${name}.test.js`);
}

async function command(names) {
  const files = chosen(names);
  await setUp([...NEEDS, ...files.flatMap(needsOf)]);
  await build();
  await installPacked('tests/package');
  removeColumns();
  await nodeTest(FOLDER, { files, seconds: 300 });
  console.log(`\n${table()}\n`);
  sayDone('all relays tested');
}

await command(process.argv.slice(2)).catch(fail);
