// The durations of the steps of `npm test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Durations } from '../../scripts/durations.js';

test('the table has each part in order, one that failed too, and their sum', async () => {
  const durations = new Durations();
  assert.equal(await durations.measure('first', async () => 'its value'), 'its value');
  const failing = durations.measure('second', async () => {
    throw new Error('failed');
  });
  await assert.rejects(failing, { message: 'failed' });
  const rows = durations.table().split('\n');
  assert.deepEqual(
    rows.map((row) => row.replace(/^ *\d+ s {2}/, '')),
    ['first', 'second', 'total'],
  );
});
