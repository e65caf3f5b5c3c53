// `npm run soak` with a few sockets: that it works, not its figures.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/run.js';
import { runNode } from '../support/process.js';

test('every socket of both classes gets its echoes, and ends', async () => {
  const args = [join(root, 'benches', 'soak', 'index.js'), '--sockets', '40', '--check', '--json'];
  const { status, output } = await runNode(args, root);
  assert.equal(status, 0, output);
  const results = JSON.parse(output);
  assert.deepEqual(Object.keys(results), ['websocket-wasm', 'ws']);
  for (const { crowd, unread } of Object.values(results)) {
    assert.deepEqual(Object.keys(crowd.turns), ['connecting', 'first messages', 'messages', 'closing']);
    // Of 40 sockets, most don't abort.
    assert.ok(crowd.echoes > 40, `${crowd.echoes} echoes`);
    assert.ok(unread.peak.rss > unread.before.rss);
  }
  assert.equal(results.ws.crowd.echoes, results['websocket-wasm'].crowd.echoes);
});
