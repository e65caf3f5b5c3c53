// npm packages as in the lock file, installed again only if the lock file, .npmrc, Node or the platform has changed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, say } from '../run.js';
import { writable } from './writable.js';

/** @param {string} folder the folder with a package.json, from the project's root */
export async function nodeModules(folder) {
  const cwd = join(root, folder);
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}`);
  for (const file of ['package-lock.json', '.npmrc']) hash.update(readFileSync(join(cwd, file)));
  const want = hash.digest('hex');
  const stamp = join(cwd, 'node_modules', '.installed-for');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return;
  writable('npm', 'npm_config_cache', '.npm');
  say(`installing the npm packages of ${folder === '.' ? 'the project' : folder} ...`);
  // All of them are for development: they must be installed even if NODE_ENV is `production`.
  await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], { cwd });
  writeFileSync(stamp, want);
}
