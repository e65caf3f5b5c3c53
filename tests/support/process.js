// Programs in processes of their own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How long a program may run, in milliseconds, before it is killed. */
const LIMIT = 60_000;

/**
 * Runs Node to its end, and captures its output.
 * @param {string[]} args
 * @param {string} folder the working directory, from which imports by name are resolved
 */
export function runNode(args, folder) {
  return run(process.execPath, args, folder);
}

/**
 * Runs a program to its end, and captures its output.
 * @param {string} program
 * @param {string[]} args
 * @param {string} folder
 * @param {Record<string, string>} [env] more variables of the environment
 * @returns {Promise<{ status: number | null, output: string }>} a null status if it was killed
 */
export async function run(program, args, folder, env = {}) {
  const options = { cwd: folder, env: { ...process.env, ...env } };
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [status] = await once(child, 'close');
  clearTimeout(limit);
  return { status, output };
}

/** The arguments with which Node runs a module's text. */
export const moduleArgs = (text) => ['--input-type=module', '--eval', text];
