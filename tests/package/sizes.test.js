// The sizes of the entries in a page, against sizes.json, and the contents of the tarball. `npm run build -- --sizes`
// updates sizes.json.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { kept, measure } from '../../scripts/sizes.js';

/** The growth that doesn't require an update of sizes.json: 2%. */
const TOLERANCE = 1.02;

const installed = dirname(fileURLToPath(import.meta.resolve('websocket-wasm/package.json')));

let now;
before(async () => {
  now = await measure();
});

test('no entry has grown by more than 2%', () => {
  const last = kept();
  assert.deepEqual(Object.keys(now), Object.keys(last));
  for (const [entry, size] of Object.entries(now)) {
    for (const [how, bytes] of Object.entries(size)) {
      const most = Math.floor(last[entry][how] * TOLERANCE);
      assert.ok(bytes <= most, `${entry}: ${bytes} bytes ${how}, ${most} allowed; npm run build -- --sizes accepts it`);
    }
  }
});

/** Bars for what is loaded, in bytes after brotli. */
const BARS = {
  "a bundle of { WebSocket } from 'websocket-wasm'": 60_000,
  'websocket-wasm': 66_000,
  'TLS, once a page connects to wss: over bytes': 200_000,
  'its authorities, unless `ca` is given': 45_000,
};

test('what a page loads is under the bars', () => {
  for (const [entry, bar] of Object.entries(BARS)) {
    assert.ok(now[entry].brotli < bar, `${entry}: ${now[entry].brotli} bytes, ${bar} allowed`);
  }
});

test('the package contains each wasm file once, and has no dependencies', () => {
  const files = readdirSync(installed, { recursive: true }).map(String);
  assert.deepEqual(files.filter((file) => file.endsWith('.wasm')).sort(), [
    'dist/codec.wasm',
    'dist/tls.wasm',
    'dist/websocket_wasm.wasm',
  ]);
  const json = JSON.parse(readFileSync(`${installed}/package.json`, 'utf8'));
  assert.equal(json.dependencies, undefined);
  assert.equal(json.peerDependencies, undefined);
  assert.equal(json.optionalDependencies, undefined);
});
