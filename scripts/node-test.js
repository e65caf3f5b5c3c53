// Node's own test runner.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root, run } from './run.js';

/** As many files at a time as there are processors. Node leaves one idle, and with two runs one file after the other. */
export const PROCESSORS = availableParallelism();

/**
 * Runs the tests of a folder. Its files are listed: Node 20 accepts a folder, later versions only a pattern.
 * @param {string} folder from the project's root
 * @param {object} [options]
 * @param {number} [options.seconds] for each file at most
 * @param {number} [options.concurrency] how many files may run at a time, by default one less than there are processors
 * @param {Record<string, string | undefined>} [options.env]
 * @param {string[]} [options.files] the files to run, by default all
 * @param {string[]} [options.alone] files among these that run after the others, one at a time
 */
export async function nodeTest(
  folder,
  { seconds = 300, concurrency, env = {}, files = testFiles(folder), alone = [] } = {},
) {
  const runFiles = async (names, most) => {
    const args = ['--test', '--test-reporter=spec', `--test-timeout=${seconds * 1000}`];
    if (most !== undefined && hasConcurrency()) args.push(`--test-concurrency=${most}`);
    await run('node', [...args, ...names.map((name) => join(folder, name))], { env });
  };
  const together = files.filter((file) => !alone.includes(file));
  // Without names Node would look for tests everywhere.
  if (together.length > 0) await runFiles(together, concurrency);
  if (together.length < files.length) await runFiles(alone, 1);
}

/** Whether Node has the option: from 20.10 on. */
function hasConcurrency() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 10);
}

/**
 * The test files of a folder.
 * @param {string} folder from the project's root
 */
export function testFiles(folder) {
  return readdirSync(join(root, folder)).filter((file) => file.endsWith('.test.js'));
}
