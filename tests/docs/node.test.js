// The examples of docs/ for Node, each run as a separate program that uses the packed package.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { blocks, compare, documented } from './blocks.js';
import { FILES, startServers } from './servers.js';

const folder = fileURLToPath(new URL('../.out/docs/', import.meta.url));
const libraries = fileURLToPath(new URL('../libraries/node_modules', import.meta.url));

let servers;

before(async () => {
  servers = await startServers();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  symlinkSync(libraries, join(folder, 'node_modules'), 'dir');
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
after(() => servers.close());

for (const [i, { page, heading, where, code }] of blocks().entries()) {
  if (where !== 'node') continue;
  test(`${page}: ${heading}`, async () => {
    assert.ok(
      documented(code).length > 0 || /onopen = \(\) => socket\.close\(\)/.test(code),
      'the block documents no output',
    );
    const file = join(folder, `${i}.mjs`);
    const text = servers.localize(code);
    writeFileSync(file, text);
    const { status, lines, errors } = await runFile(file);
    assert.deepEqual({ status, ...compare(text, lines) }, { status: 0, missing: [], undocumented: [] }, errors);
  });
}

async function runFile(file) {
  // The output is compared, so it must have no colours, even if the environment forces them.
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'), FORCE_COLOR: undefined };
  const child = spawn('node', [file], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), 30_000);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const [status] = await once(child, 'close');
  clearTimeout(limit);
  return { status, lines: output.split('\n').filter(Boolean), errors };
}
