// The verdicts that `npm run test:autobahn` accepts: a mistake there would hide failures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matching, meetsBar, replaced, verdictsOf } from '../../scripts/autobahn/verdicts.js';

test('a case passes only if it and its close are OK', () => {
  assert.ok(meetsBar({ id: '6.4.3', behavior: 'OK', behaviorClose: 'OK' }));
  for (const behavior of ['NON-STRICT', 'INFORMATIONAL', 'UNIMPLEMENTED', 'FAILED', 'ok', undefined]) {
    assert.ok(!meetsBar({ id: '6.4.3', behavior, behaviorClose: 'OK' }), behavior);
  }
  for (const behaviorClose of ['WRONG CODE', 'UNCLEAN', 'FAILED BY CLIENT', 'INFORMATIONAL', 'FAILED', undefined]) {
    assert.ok(!meetsBar({ id: '6.4.3', behavior: 'OK', behaviorClose }), behaviorClose);
  }
});

test('three cases may be informational, and no other', () => {
  for (const id of ['7.1.6', '7.13.1', '7.13.2']) {
    assert.ok(meetsBar({ id, behavior: 'INFORMATIONAL', behaviorClose: 'INFORMATIONAL' }), id);
    assert.ok(!meetsBar({ id, behavior: 'FAILED', behaviorClose: 'INFORMATIONAL' }), id);
    assert.ok(!meetsBar({ id, behavior: 'INFORMATIONAL', behaviorClose: 'WRONG CODE' }), id);
  }
  assert.ok(!meetsBar({ id: '7.1.5', behavior: 'INFORMATIONAL', behaviorClose: 'INFORMATIONAL' }));
});

test('a case without a report of our agent does not pass', () => {
  const ok = { behavior: 'OK', behaviorClose: 'OK' };
  const verdicts = verdictsOf(['1.1.1', '1.1.2'], { mine: { '1.1.1': ok }, other: { '1.1.2': ok } }, 'mine');
  assert.deepEqual(verdicts.map(meetsBar), [true, false]);
  assert.deepEqual(verdictsOf(['1.1.1'], {}, 'mine').map(meetsBar), [false]);
});

test('the report of a rerun replaces the first, and no other', () => {
  const first = ['1.1.1', '1.1.2', '1.1.3'].map((id) => ({ id, behavior: 'FAILED' }));
  const second = [{ id: '1.1.2', behavior: 'OK' }, { id: '1.1.3' }];
  assert.deepEqual(replaced(first, second), [{ id: '1.1.1', behavior: 'FAILED' }, ...second]);
});

test('patterns match whole ids, in the order of the suite, and each must match one', () => {
  const ids = ['1.1.1', '1.1.2', '1.2.1', '10.1.1', '11.1'];
  assert.deepEqual(matching(ids, ['*']), ids);
  assert.deepEqual(matching(ids, ['1.*']), ['1.1.1', '1.1.2', '1.2.1']);
  assert.deepEqual(matching(ids, ['10.*, 1.1.2', '1.1.*']), ['1.1.1', '1.1.2', '10.1.1']);
  for (const none of ['1.1', '2.*', '1x1.1', '']) assert.throws(() => matching(ids, ['1.*', none]), /no case matches/);
});
