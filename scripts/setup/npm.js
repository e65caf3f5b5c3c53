// npm packages, installed as the lock file says, again only when it changed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, say } from '../run.js';

/** @param {string} folder the folder with a package.json, from the project's root */
export async function nodeModules(folder) {
  const cwd = join(root, folder);
  const lock = readFileSync(join(cwd, 'package-lock.json'));
  const want = createHash('sha256').update(lock).update(process.version).digest('hex');
  const stamp = join(cwd, 'node_modules', '.installed-for');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return;
  say(`installing the npm packages of ${folder === '.' ? 'the project' : folder} ...`);
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd });
  writeFileSync(stamp, want);
}
