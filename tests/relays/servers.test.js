// needs: haproxy nginx tinyproxy microsocks pip:aioquic pip:proxy.py pip:websockify pip:wisp-python
// The servers of these tests run on this machine. Prints their versions.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathOf } from '../../scripts/setup/programs.js';
import { PACKAGES, pythonProgram } from '../../scripts/setup/python.js';

/** The first line that a program prints, to either stream: most print their version to one, their usage to the other. */
function printed(program, ...args) {
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  assert.ifError(error);
  return `${stdout}${stderr}`.trim().split('\n')[0];
}

test("Debian's programs run", (t) => {
  for (const [program, argument, expected] of /** @type {const} */ ([
    ['haproxy', '-v', /^HAProxy version 2\./],
    ['nginx', '-v', /^nginx version: nginx\/1\./],
    ['tinyproxy', '-v', /^tinyproxy 1\./],
    ['microsocks', '-h', /SOCKS5 Server/],
  ])) {
    const line = printed(pathOf(program), argument);
    assert.match(line, expected);
    t.diagnostic(line);
  }
});

for (const name of PACKAGES) {
  test(`Python has ${name} in the pinned version`, (t) => {
    const script = `import importlib.metadata as m; print(m.version('${name}'))`;
    const version = printed(pythonProgram(name, 'python'), '-c', script);
    const pins = readFileSync(new URL(`../../scripts/setup/python/${name}.txt`, import.meta.url), 'utf8');
    assert.ok(pins.split('\n').includes(`${name}==${version}`), version);
    t.diagnostic(`${name} ${version}`);
  });
}
