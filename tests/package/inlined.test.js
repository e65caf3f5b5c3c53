// The text in which a module has a wasm file: scripts/wasm-text.js, which also compares what it decodes with the file. And
// what the build does to instructions before that: scripts/alignment.js.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { dropAlignment } from '../../scripts/alignment.js';
import { functionsOf } from '../../scripts/wasm-code.js';
import { moduleOf } from '../../scripts/wasm-text.js';

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

const inDist = (name) => readFileSync(new URL(`../../dist/${name}`, import.meta.url));

/** A module with a function of no parameters, whose body is these bytes and `end`. */
function moduleWith(...body) {
  const code = [0x00, ...body, 0x0b];
  return Buffer.from([
    ...HEADER,
    ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x0a, code.length + 2, 0x01, code.length, ...code],
  ]);
}

/** What a module of that text exports. */
async function decoded(source) {
  const { default: bytes } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  return { first: bytes(), second: bytes() };
}

for (const name of ['websocket_wasm.wasm', 'codec.wasm', 'roots.bin']) {
  test(`the text of ${name} is decoded to its bytes, each time`, async () => {
    const file = inDist(name);
    const { first, second } = await decoded(moduleOf(file));
    assert.ok(file.equals(first));
    assert.ok(file.equals(second));
  });
}

test('the text of the core has printable characters only, and is smaller than the core after brotli', () => {
  const file = inDist('websocket_wasm.wasm');
  const source = moduleOf(file);
  assert.doesNotMatch(source, /[^\n\P{C}]/u);
  assert.ok(brotliCompressSync(source).length < brotliCompressSync(file).length);
});

test('the text has each kind of instruction', async () => {
  const file = moduleWith(
    ...[0x02, 0x40, 0x41, 0x80, 0x01, 0x41, 0x01, 0x6a, 0x0e, 0x01, 0x00, 0x00, 0x0b],
    ...[0x43, 0x00, 0x00, 0x80, 0x3f, 0x1a, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x1a],
    ...[0x41, 0x00, 0xfd, 0x00, 0x04, 0x80, 0x01, 0xfd, 0x15, 0x03, 0x1a],
    ...[0xfd, 0x0c, ...Array.from({ length: 16 }, (_, index) => 0xf0 + index), 0x1a],
    ...[0x41, 0x00, 0x41, 0x00, 0x41, 0x00, 0xfc, 0x0a, 0x00, 0x00],
    ...Array.from({ length: 300 }, () => [0x43, 0, 0, 0, 0, 0x1a]).flat(),
  );
  // A body and a section of more than 127 bytes have longer sizes.
  const body = file.subarray(HEADER.length + 14);
  const size = (value) => [(value & 0x7f) | 0x80, value >> 7];
  const functions = [0x01, ...size(body.length), ...body];
  const long = Buffer.from([...file.subarray(0, HEADER.length + 10), 0x0a, ...size(functions.length), ...functions]);
  assert.ok(long.equals((await decoded(moduleOf(long))).first));
});

test('an instruction that is unknown fails the build', () => {
  assert.throws(() => moduleOf(moduleWith(0xe0)), /doesn't know the instruction 0xe0/);
  assert.throws(() => moduleOf(moduleWith(0xfc, 0x20)), /doesn't know the instruction 0xfc,0x20/);
  assert.throws(() => moduleOf(moduleWith(0xfd, 0x80, 0x02)), /doesn't know the instruction 0xfd,0x100/);
});

test('each function of the core ends where its size says', () => {
  const functions = [...functionsOf(inDist('websocket_wasm.wasm'))];
  assert.ok(functions.length > 100);
});

test('alignments are dropped, and nothing else changes', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'alignment-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'module.wasm');
  const store = (alignment) => [0x41, 0x02, 0x41, 0x02, 0x36, alignment, 0x02];
  const load = (alignment) => [0x41, 0x02, 0xfd, 0x00, alignment, 0x02, 0x1a];
  writeFileSync(file, moduleWith(...store(0x02), ...load(0x04)));
  dropAlignment(file);
  assert.deepEqual(readFileSync(file), moduleWith(...store(0x00), ...load(0x00)));
});
