// Servers from PyPI: each in a virtual environment of its own, in the user's cache, for all clones.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, root, run, say } from '../run.js';
import { debian } from './programs.js';
import { folderOf, writable } from './writable.js';

/** The user's cache: the variable with its path, and its default name in the home folder. */
const CACHE = /** @type {const} */ (['XDG_CACHE_HOME', '.cache']);

/** The packages. `python/NAME.txt` pins the version of each and of everything that it needs. */
export const PACKAGES = /** @type {const} */ (['aioquic', 'proxy.py', 'websockify', 'wisp-python']);

/** @typedef {typeof PACKAGES[number]} PythonPackage */

/** What makes virtual environments: it fails in a Python that is too old for the pinned versions, or lacks a part. */
const CHECK = 'import ensurepip, sys, venv; assert sys.version_info >= (3, 11); print(sys.version, sys.executable)';

/**
 * Installs a package, unless it is in the cache.
 * @param {PythonPackage} name
 */
export async function pythonPackage(name) {
  const pins = join(root, 'scripts', 'setup', 'python', `${name}.txt`);
  const { program, version } = await python();
  const want = createHash('sha256').update(version).update(readFileSync(pins)).digest('hex');
  const folder = environment(name);
  const stamp = join(folder, '.installed-for');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return;
  writable('the set-up', ...CACHE);
  say(`installing ${name} from PyPI ...`);
  rmSync(folder, { recursive: true, force: true });
  await run(program, ['-m', 'venv', folder]);
  const pip = (...args) => run(pythonProgram(name, 'python'), ['-m', 'pip', '--disable-pip-version-check', ...args]);
  try {
    // Only what the file names, so that no version changes by itself.
    await pip('install', '--quiet', '--no-deps', '--requirement', pins);
    await pip('check');
  } catch (cause) {
    throw new Error(`pip could not install ${name}; its message is above. PyPI must be reachable`, { cause });
  }
  writeFileSync(stamp, want);
}

/**
 * A program that {@link pythonPackage} installed.
 * @param {PythonPackage} name the package
 * @param {string} program one of its programs, or `python`
 * @returns {string} its path
 */
export function pythonProgram(name, program) {
  return join(environment(name), 'bin', program);
}

function environment(name) {
  return join(folderOf(...CACHE), 'websocket-wasm', 'python', name);
}

/** @returns {Promise<{ program: string, version: string }>} a Python that makes virtual environments */
async function python() {
  const found = await look();
  if (found) return found;
  await debian(['python3-venv']);
  const installed = await look();
  if (!installed) throw new Error('the tests need Python 3.11 or newer with its module venv: install it and try again');
  return installed;
}

async function look() {
  // The first one in PATH may be another than Debian's, which python3-venv completes.
  for (const program of ['python3', '/usr/bin/python3']) {
    const version = await ask(program, ['-c', CHECK]);
    if (version) return { program, version };
  }
  return undefined;
}
