// codec.wasm by its exports: compressors that streams share. zlib is the oracle.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import zlib from 'node:zlib';

const module = new WebAssembly.Module(readFileSync(new URL(import.meta.resolve('websocket-wasm/codec.wasm'))));

const BLOCK = 32 * 1024;

/** A fresh instance of the codec. */
function newCodec() {
  const wasm = /** @type {any} */ (new WebAssembly.Instance(module).exports);
  wasm.input();
  /** Passes a whole message through a compressor or decompressor. */
  const run = (id, message, flush = true) => {
    const chunks = [];
    for (let input = message, produced = BLOCK; input.length > 0 || produced === BLOCK; ) {
      const part = input.subarray(0, BLOCK);
      new Uint8Array(wasm.memory.buffer).set(part, wasm.input());
      const progress = wasm.run(id, part.length, BLOCK, flush && part.length === input.length);
      assert.ok(progress < 2 ** 32, `status ${Math.floor(progress / 2 ** 32)}`);
      produced = progress & 0xffff;
      chunks.push(Buffer.from(new Uint8Array(wasm.memory.buffer, wasm.output(), produced)));
      input = input.subarray((progress >>> 16) & 0xffff);
    }
    return Buffer.concat(chunks);
  };
  return { wasm, run };
}

/** Decompresses the messages of a stream that was flushed after each. */
function inflated(messages, windowBits) {
  const options = { windowBits, finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: 2 ** 27 };
  return zlib.inflateRawSync(Buffer.concat(messages), options);
}

/** Numbers from 0 to 1, always the same. */
function randomNumbers() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

/** Text that repeats words from near and far. */
function text(random, length) {
  let made = '';
  while (made.length < length) made += `word${Math.floor(random() ** 3 * 5_000)} `;
  return Buffer.from(made.slice(0, length));
}

for (const windowBits of [9, 10, 12, 15]) {
  test(`streams of every level with windows of ${windowBits} bits share compressors`, () => {
    const random = randomNumbers();
    const { wasm, run } = newCodec();
    const streams = Array.from({ length: 30 }, (_, i) => ({
      id: wasm.compressor(i % 10, windowBits),
      sent: [],
      out: [],
    }));
    for (let i = 0; i < 600; i += 1) {
      const stream = streams[Math.floor(random() ** 2 * streams.length)];
      const message = text(random, Math.floor(100_000 ** random()));
      stream.sent.push(message);
      stream.out.push(run(stream.id, message));
    }
    for (const { sent, out } of streams) assert.ok(inflated(out, windowBits).equals(Buffer.concat(sent)));
  });
}

test('a stream whose compressor was taken refers to what it sent before', () => {
  const random = randomNumbers();
  const { wasm, run } = newCodec();
  const document = text(random, 20_000);
  const ids = Array.from({ length: 40 }, () => wasm.compressor(6, 15));
  const first = ids.map((id) => run(id, document));
  const second = ids.map((id) => run(id, document));
  for (const [i, again] of second.entries()) {
    assert.ok(again.length < 300, `${again.length} bytes`);
    assert.ok(inflated([first[i], again], 15).equals(Buffer.concat([document, document])));
  }
});

test('a compressor in the middle of a message is not taken', () => {
  const random = randomNumbers();
  const { wasm, run } = newCodec();
  const parts = [text(random, 5_000), text(random, 5_000)];
  const ids = Array.from({ length: 40 }, () => wasm.compressor(6, 15));
  const out = ids.map((id) => [run(id, parts[0], false)]);
  for (const [i, id] of ids.entries()) out[i].push(run(id, parts[1]));
  for (const messages of out) assert.ok(inflated(messages, 15).equals(Buffer.concat(parts)));
});

test('a reset stream and a freed id begin with an empty window', () => {
  const { wasm, run } = newCodec();
  const document = text(randomNumbers(), 3_000);
  const id = wasm.compressor(6, 15);
  const first = run(id, document);
  wasm.reset(id);
  assert.ok(run(id, document).equals(first));
  wasm.free(id);
  assert.equal(wasm.compressor(6, 15), id);
  assert.ok(run(id, document).equals(first));
});

test('a decompressor that was reset begins with an empty window', () => {
  const { wasm, run } = newCodec();
  const id = wasm.decompressor(15);
  const document = text(randomNumbers(), 3_000);
  const deflate = zlib.deflateRawSync(document, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  for (let i = 0; i < 3; i += 1) {
    assert.ok(run(id, deflate).equals(document));
    wasm.reset(id);
  }
  // A match that reaches back before the beginning of the stream.
  const far = zlib.deflateRawSync(document, { dictionary: document, finishFlush: zlib.constants.Z_SYNC_FLUSH });
  assert.throws(() => run(id, far), /status 2/);
});

test('many streams take little memory, and leave it to the next ones', () => {
  const { wasm, run } = newCodec();
  const document = text(randomNumbers(), 40_000);
  const sizes = [];
  for (let round = 0; round < 3; round += 1) {
    const ids = Array.from({ length: 200 }, () => wasm.compressor(1, 15));
    for (const id of ids) run(id, document);
    for (const id of ids) wasm.free(id);
    sizes.push(wasm.memory.buffer.byteLength);
  }
  // 200 compressors would take 75 MiB.
  assert.ok(sizes[0] < 16 * 1024 * 1024, `${sizes}`);
  assert.equal(sizes[2], sizes[0]);
});

test('memory that is refused fails the message, and the next one works', () => {
  const { wasm, run } = newCodec();
  const document = text(randomNumbers(), 30_000);
  const kept = run(wasm.compressor(6, 15), document);
  const ids = [];
  // Each stream keeps a window of its own.
  const grow = () => {
    for (;;) {
      ids.push(wasm.decompressor(15));
      run(ids.at(-1), kept);
    }
  };
  wasm.memory.grow(2 ** 16 - 64 - wasm.memory.buffer.byteLength / 2 ** 16);
  assert.throws(grow, /status 3/);
  for (const id of ids) wasm.free(id);
  const id = wasm.decompressor(15);
  assert.ok(run(id, kept).equals(document));
});
