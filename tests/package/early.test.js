// WebSockets of `websocket-wasm/web` before the wasm is there: the mirror in src/shim/early against the core itself.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const probe = fileURLToPath(new URL('early-probe.js', import.meta.url));

/** What the probe prints in a process of its own: the core is either there from the start, or never comes. */
async function throwsOf(how) {
  const child = spawn('node', [probe, how], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  await new Promise((resolve) => child.on('close', resolve));
  return JSON.parse(output);
}

test('what the constructor, send() and close() do is the same with and without the core', async () => {
  const [core, early] = await Promise.all([throwsOf('core'), throwsOf('early')]);
  assert.ok(core.filter(({ thrown }) => thrown).length > 200);
  assert.ok(core.filter(({ thrown }) => !thrown).length > 100);
  for (const [i, result] of core.entries()) assert.deepEqual(early[i], result);
  assert.equal(early.length, core.length);
});
