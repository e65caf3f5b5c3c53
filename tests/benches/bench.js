// Runs `npm run bench` on the package that is built, with as little work as possible.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @param {...string} args
 * @returns {Promise<string>} the output
 * @throws {Error} if the status isn't 0
 */
export async function bench(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, ['benches/main.js', ...args, '--check'], {
    cwd: root,
  });
  return stdout;
}
