// Compiles loopback.c, once in a process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../../scripts/run.js';

const SOURCE = fileURLToPath(new URL('loopback.c', import.meta.url));

/** @type {Promise<string> | undefined} */
let compiled;

/** The shared library's path, for LD_PRELOAD. */
export function loopback() {
  compiled ??= compile();
  return compiled;
}

async function compile() {
  const folder = mkdtempSync(join(tmpdir(), 'websocket-wasm-loopback-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'loopback.so');
  await run('cc', ['-shared', '-fPIC', '-Wall', '-Werror', '-o', file, SOURCE, '-ldl']);
  return file;
}
