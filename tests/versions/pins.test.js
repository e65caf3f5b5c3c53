// The oldest versions that a manifest allows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pins } from '../../scripts/versions.js';

const dependency = (req, more = {}) => ({ name: 'some', req, kind: null, target: null, ...more });

test('a requirement becomes the oldest version that it allows', () => {
  assert.match(pins([dependency('^1.2.3')]), /^\[dependencies\.some\]\nversion = "=1\.2\.3"$/m);
  // `=1.2` would allow the newest 1.2.
  assert.match(pins([dependency('^1.2')]), /"=1\.2\.0"/);
  assert.match(pins([dependency('^0')]), /"=0\.0\.0"/);
});

test('a dependency of one target stays one', () => {
  assert.match(
    pins([dependency('^1', { target: 'cfg(windows)' })]),
    /^\[target\.'cfg\(windows\)'\.dependencies\.some\]$/m,
  );
});

test('an exact version is refused: it would exclude other versions', () => {
  assert.throws(() => pins([dependency('=1.2.3')]), /requires some "=1\.2\.3": .* Cargo\.lock/);
  assert.throws(() => pins([dependency('*')]), /requires some "\*"/);
});
