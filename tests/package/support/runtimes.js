// Programs of this folder in Node, Deno and Bun, with the installed package.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../../scripts/run.js';

const bin = join(root, 'tests', 'node_modules', '.bin');

/** The command that runs a program, by runtime. @type {Record<string, string[]>} */
export const RUNTIMES = {
  node: [process.execPath],
  deno: [join(bin, 'deno'), 'run', '--quiet', '--allow-all', '--node-modules-dir=manual'],
  bun: [join(bin, 'bun')],
};

/**
 * Runs a program of this folder, and returns what it prints as JSON.
 * @param {string[]} command
 * @param {string} program
 * @param {unknown} input what it gets as the variable INPUT, as JSON
 * @param {NodeJS.ProcessEnv} [env] more variables; none of a proxy is inherited
 */
export async function output([command, ...args], program, input, env) {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const inherited = Object.entries(process.env).filter(([name]) => !/proxy|^request_method$/i.test(name));
  const child = spawn(command, [...args, path], {
    env: { ...Object.fromEntries(inherited), ...env, INPUT: JSON.stringify(input) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  clearTimeout(limit);
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${text}`);
  return JSON.parse(text);
}
