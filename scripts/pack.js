// The packed package, installed into tests/package as a user would install it.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, root, run } from './run.js';

/**
 * Packs dist/ and installs the tarball for the tests that consume it.
 * @param {'package' | 'types'} [project] in tests/
 */
export async function installPacked(project = 'package') {
  const consumer = join(root, 'tests', project);
  const tarball = await pack();
  rmSync(join(consumer, 'node_modules'), { recursive: true, force: true });
  await run('npm', ['install', '--no-save', '--no-package-lock', '--offline', '--silent', tarball], { cwd: consumer });
}

/** Packs dist/, and gives the tarball's path. */
export async function pack() {
  const out = join(root, 'tests', '.out');
  mkdirSync(out, { recursive: true });
  const packed = await ask('npm', ['pack', '--silent', '--pack-destination', out]);
  if (!packed) throw new Error('npm pack failed');
  return join(out, packed.trim().split('\n').at(-1) ?? '');
}
