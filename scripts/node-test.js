// Node's own test runner.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.js';

/**
 * Runs the tests of a folder. Its files are listed: Node 20 accepts a folder, later versions only a pattern.
 * @param {string} folder from the project's root
 * @param {object} [options]
 * @param {number} [options.seconds] for each file at most
 * @param {Record<string, string | undefined>} [options.env]
 * @param {string[]} [options.files] the files to run, by default all
 */
export async function nodeTest(folder, { seconds = 120, env = {}, files = testFiles(folder) } = {}) {
  const args = ['--test', '--test-reporter=spec', `--test-timeout=${seconds * 1000}`];
  await run('node', [...args, ...files.map((file) => join(folder, file))], { env });
}

/**
 * The test files of a folder.
 * @param {string} folder from the project's root
 */
export function testFiles(folder) {
  return readdirSync(join(root, folder)).filter((file) => file.endsWith('.test.js'));
}
