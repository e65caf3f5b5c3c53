// WebSockets of `websocket-wasm/web` before the wasm is loaded: the checks in TypeScript against the core's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runNode } from '../support/process.js';

const probe = fileURLToPath(new URL('pending-probe.js', import.meta.url));

/** The probe's output: with `core` the core is loaded from the start, with `pending` it never is. */
async function probed(how) {
  const { output } = await runNode([probe, how], import.meta.dirname);
  return JSON.parse(output);
}

test('the constructor, send() and close() behave the same with and without the core', async () => {
  const [core, pending] = await Promise.all([probed('core'), probed('pending')]);
  assert.ok(core.filter(({ thrown }) => thrown).length > 200);
  assert.ok(core.filter(({ thrown }) => !thrown).length > 100);
  for (const [i, result] of core.entries()) assert.deepEqual(pending[i], result);
  assert.equal(pending.length, core.length);
});
