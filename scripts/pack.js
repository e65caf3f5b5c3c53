// Packs the package, and installs it in a project's node_modules as for a user.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, root, run } from './run.js';

/** @type {Promise<string> | undefined} */
let packed;

/**
 * Packs dist/, which must be built, and unpacks the tarball into a project's node_modules. `npm install` would resolve
 * the project's other packages again, which needs the registry or a complete cache. The package has no dependencies, so
 * an installation adds only the tarball's files.
 * @param {string} project its folder, from the project's root
 */
export async function installPacked(project) {
  const tarball = await pack();
  const folder = join(root, project, 'node_modules', 'websocket-wasm');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
}

/** Packs dist/, once per process, and resolves with the tarball's path. */
export function pack() {
  packed ??= makeTarball();
  return packed;
}

async function makeTarball() {
  const out = join(root, 'tests', '.out');
  mkdirSync(out, { recursive: true });
  const printed = await ask('npm', ['pack', '--silent', '--pack-destination', out]);
  if (!printed) throw new Error('npm pack failed');
  return join(out, printed.trim().split('\n').at(-1) ?? '');
}
