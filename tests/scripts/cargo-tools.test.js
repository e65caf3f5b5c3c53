// The versions of cargo's tools that the set-up uses, and their sources.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ask } from '../../scripts/run.js';
import { cargoTool, lockedVersion } from '../../scripts/setup/cargo.js';

const VARIABLES = ['PATH', 'XDG_CACHE_HOME', 'SETUP_IGNORES_PATH'];
const before = VARIABLES.map((name) => process.env[name]);
const TOOL = { crate: 'some-tool-cli', program: 'some-tool', version: '1.2.3', locked: true };
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tools '));
  process.env.PATH = [join(folder, 'path'), process.env.PATH].join(delimiter);
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  delete process.env.SETUP_IGNORES_PATH;
  // A fake cargo: it installs a program of the requested version, in the place that `cargo install` uses.
  program(
    'path',
    'cargo',
    `mkdir -p "$6/bin"; printf '#!/bin/sh\\necho tool %s cargo' "\${4#=}" > "$6/bin/some-tool"
    chmod +x "$6/bin/some-tool"`,
  );
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const [i, name] of VARIABLES.entries()) {
    if (before[i] === undefined) delete process.env[name];
    else process.env[name] = before[i];
  }
});

function program(where, name, script) {
  mkdirSync(join(folder, where), { recursive: true });
  writeFileSync(join(folder, where, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** The output of the program in PATH: `tool VERSION ORIGIN`. */
async function taken() {
  await cargoTool(TOOL);
  return (await ask('some-tool', ['--version']))?.trim();
}

const CACHED = 'cache/websocket-wasm/some-tool-cli-1.2.3/bin';

test("a tool of the right version in PATH is used, one of another version isn't", async () => {
  program('path', 'some-tool', 'echo tool 1.2.3 path');
  assert.equal(await taken(), 'tool 1.2.3 path');
  program('path', 'some-tool', 'echo tool 1.2.4 path');
  assert.equal(await taken(), 'tool 1.2.3 cargo');
});

test('a tool in the cache is used, unless it is of another version or broken', async () => {
  program(CACHED, 'some-tool', 'echo tool 1.2.3 cache');
  assert.equal(await taken(), 'tool 1.2.3 cache');
  program(CACHED, 'some-tool', 'exit 1');
  assert.equal(await taken(), 'tool 1.2.3 cargo');
});

test('CI ignores a tool in PATH: the installation must work', async () => {
  process.env.SETUP_IGNORES_PATH = '1';
  program('path', 'some-tool', 'echo tool 1.2.3 path');
  assert.equal(await taken(), 'tool 1.2.3 cargo');
  // The tool that was just installed is in the cache.
  program('path', 'cargo', 'exit 1');
  assert.equal(await taken(), 'tool 1.2.3 cargo');
});

test('the version of a crate is the one in Cargo.lock', async () => {
  const lock = '[[package]]\nname = "a"\nversion = "0.2.1"\n\n[[package]]\nname = "a-b"\nversion = "3.0.0"\n';
  assert.equal(lockedVersion('a', lock), '0.2.1');
  assert.equal(lockedVersion('a-b', lock), '3.0.0');
  assert.throws(() => lockedVersion('b', lock), /Cargo\.lock has 0 versions of b instead of one/);
  assert.throws(() => lockedVersion('a', lock + lock), /has 2 versions of a/);
  assert.match(lockedVersion('wasm-bindgen'), /^0\.2\.\d+$/);
});
