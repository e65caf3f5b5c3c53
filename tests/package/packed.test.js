// scripts/pack.js puts the same files into node_modules as npm, and needs neither a registry nor a cache.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { installPacked, pack } from '../../scripts/pack.js';
import { root, run } from '../../scripts/run.js';

const out = 'tests/.out/packed';
/** An empty cache, and a registry that doesn't exist. */
const nowhere = { npm_config_cache: join(root, out, 'cache'), npm_config_registry: 'http://127.0.0.1:1/' };

before(() => rmSync(join(root, out), { recursive: true, force: true }));
after(() => rmSync(join(root, out), { recursive: true, force: true }));

function makeProject(name, dependencies) {
  const project = join(root, out, name);
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name, private: true, dependencies }));
  return project;
}

/** The files in a project's node_modules by path, without npm's own record. */
function installed(project) {
  const folder = join(project, 'node_modules');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !/\.package-lock/.test(path));
  return Object.fromEntries(paths.sort().map((path) => [path.slice(folder.length), readFileSync(path, 'base64')]));
}

test("the files are those of npm's installation, even if no other dependency can be resolved", async () => {
  const byNpm = makeProject('by-npm');
  const args = ['install', '--no-package-lock', '--offline', '--silent', await pack()];
  await run('npm', args, { cwd: byNpm, env: nowhere });

  const project = makeProject('unpacked', { 'graphql-ws': '6.4.2' });
  Object.assign(process.env, nowhere);
  await installPacked(`${out}/unpacked`);

  const files = installed(project);
  assert.ok(Object.keys(files).length > 50, `${Object.keys(files)}`);
  assert.deepEqual(files, installed(byNpm));
});
