// `npm run bench -- page`: that it works, not its figures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLUMNS, ROWS } from '../../benches/page/rows.js';
import { bench } from './bench.js';

test('every contender does every row in Chromium', async () => {
  const { page } = JSON.parse(await bench('page', '--json')).results;
  assert.deepEqual(
    page.rows.map(({ name }) => name),
    Object.keys(ROWS),
  );
  assert.equal(page.notes.length, page.rows.length);
  for (const { name, metrics, samples } of page.rows) {
    assert.deepEqual(Object.keys(samples), Object.keys(COLUMNS), name);
    for (const values of Object.values(samples)) {
      assert.deepEqual(Object.keys(values), Object.keys(metrics));
      for (const [value, ...others] of Object.values(values)) assert.ok(Number.isFinite(value) && others.length === 0);
    }
  }
});
