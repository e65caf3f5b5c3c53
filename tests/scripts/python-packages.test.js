// The virtual environments of servers from PyPI: when one is made, and the errors.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { root } from '../../scripts/run.js';
import { PACKAGES, pythonPackage, pythonProgram } from '../../scripts/setup/python.js';

const VARIABLES = ['PATH', 'XDG_CACHE_HOME'];
const before = VARIABLES.map((name) => process.env[name]);
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'python '));
  process.env.PATH = `${folder}:${process.env.PATH}`;
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  python('3.11.0', 0);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const [i, name] of VARIABLES.entries()) {
    if (before[i] === undefined) delete process.env[name];
    else process.env[name] = before[i];
  }
});

/** A fake Python: it makes environments whose Python logs its arguments, and exits with that status. */
function python(version, status) {
  const inner = `#!/bin/sh\necho "$@" >> "${folder}/log"\nexit ${status}\n`;
  writeFileSync(join(folder, 'inner'), inner, { mode: 0o755 });
  const make = `mkdir -p "$3/bin"; cp "${folder}/inner" "$3/bin/python"`;
  const script = `#!/bin/sh\nif [ "$1" = -c ]; then echo ${version}; else ${make}; fi\n`;
  writeFileSync(join(folder, 'python3'), script, { mode: 0o755 });
}

/** What the Python of the environment was asked to do since the last call. */
function log() {
  const path = join(folder, 'log');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  rmSync(path, { force: true });
  return lines;
}

test('a package is installed once, from its pins and nothing else, and again for another Python', async () => {
  await pythonPackage('websockify');
  const [install, check] = log();
  assert.match(install, /^-m pip .* install .*--no-deps --requirement .*websockify\.txt$/);
  assert.match(check, /check$/);
  await pythonPackage('websockify');
  assert.deepEqual(log(), []);
  python('3.12.0', 0);
  await pythonPackage('websockify');
  assert.equal(log().length, 2);
});

test('an interrupted or failed installation is an error, and is repeated', async () => {
  python('3.11.0', 1);
  await assert.rejects(pythonPackage('websockify'), /pip could not install websockify.*PyPI must be reachable/);
  python('3.11.0', 0);
  log();
  appendFileSync(pythonProgram('websockify', 'python'), '# left by the failed installation\n');
  await pythonPackage('websockify');
  assert.equal(log().length, 2);
  assert.doesNotMatch(readFileSync(pythonProgram('websockify', 'python'), 'utf8'), /left by/);
});

test('each package has pins of exact versions, its own among them', () => {
  for (const name of PACKAGES) {
    const lines = readFileSync(join(root, 'scripts', 'setup', 'python', `${name}.txt`), 'utf8')
      .trim()
      .split('\n');
    const pins = lines.filter((line) => !line.startsWith('#'));
    for (const pin of pins) assert.match(pin, /^[\w.-]+==[\w.]+$/);
    assert.equal(pins.filter((pin) => pin.startsWith(`${name}==`)).length, 1);
  }
});
