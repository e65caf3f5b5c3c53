// `npm run bench -- core`: that it works, not its figures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bench } from './bench.js';

test('each crate parses and builds, and the table shows them', async () => {
  const output = await bench('core', '--case', '* 128 B*');
  assert.match(output, /^ +websocket-wasm +.*tungstenite +.*fastwebsockets/m);
  assert.match(output, /^parse 128 B text\n {2}cpu, ns\/message +\S+ +(\S+ \(\S+\)|noisy \S+)/m);
});
