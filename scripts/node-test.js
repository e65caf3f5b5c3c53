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
 */
export async function nodeTest(folder, { seconds = 120, concurrency, env = {}, files = testFiles(folder) } = {}) {
  const args = ['--test', '--test-reporter=spec', `--test-timeout=${seconds * 1000}`];
  if (concurrency !== undefined && hasConcurrency()) args.push(`--test-concurrency=${concurrency}`);
  await run('node', [...args, ...files.map((file) => join(folder, file))], { env });
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
