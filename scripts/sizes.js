// The size of each entry in a page. sizes.json records it: tests/package/sizes.test.js fails if an entry has grown.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { virtual } from './bundle.js';
import { root } from './run.js';

/** @typedef {{ raw: number, gzip: number, brotli: number }} Size in bytes */

const WASM = 'websocket_wasm.wasm';
/** The modules of each entry in a page, and the files that they fetch. */
const ENTRIES = {
  'websocket-wasm': ['browser.js'],
  'websocket-wasm/slim and the wasm': ['slim.js', WASM],
  'websocket-wasm/web and the wasm': ['web.js', WASM],
  'websocket-wasm/polyfill': ['polyfill.js'],
  'websocket-wasm/stream': ['stream.js'],
  'the wasm alone': [WASM],
  'the codec, once a page connects over bytes': ['codec.wasm'],
  'the same, by websocket-wasm/deflate': ['shared/codec.js'],
  'TLS, once a page connects to wss: over bytes': ['tls.wasm'],
  'its authorities, unless `ca` is given': ['roots.bin'],
  'both, by websocket-wasm/tls': ['shared/tls-inlined.js', 'shared/roots-inlined.js'],
};
const BUNDLED = "a bundle of { WebSocket } from 'websocket-wasm'";
const FILE = join(root, 'sizes.json');

/**
 * Measures dist/: each file is compressed separately, as servers do.
 * @returns {Promise<Record<string, Size>>} by entry
 */
export async function measure() {
  const sizes = Object.fromEntries(
    Object.entries(ENTRIES).map(([entry, files]) => [entry, sum([...closure(files)].map((file) => read(file)))]),
  );
  return { ...sizes, [BUNDLED]: sum([await bundled()]) };
}

/** The sizes recorded in sizes.json. */
export function kept() {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** Records the current sizes in sizes.json. */
export async function keep() {
  writeFileSync(FILE, `${JSON.stringify(await measure(), null, 2)}\n`);
}

/** Prints the sizes, in KB of 1000 bytes, with the difference to those recorded. */
export async function printSizes() {
  const before = kept();
  console.log(`\n${'what a page loads, KB'.padEnd(52)}raw     gzip   brotli`);
  for (const [entry, size] of Object.entries(await measure())) {
    const columns = [size.raw, size.gzip, size.brotli].map((bytes) => (bytes / 1000).toFixed(1).padStart(8));
    const change = before[entry] ? ((size.brotli / before[entry].brotli - 1) * 100).toFixed(1) : undefined;
    console.log(entry.padEnd(46), ...columns, change === undefined || Number(change) === 0 ? '' : `  ${change}%`);
  }
  console.log();
}

function read(file) {
  return readFileSync(join(root, 'dist', file));
}

/** The files, and their imports from the package. */
function closure(files, all = new Set()) {
  for (const file of files) {
    if (all.has(file)) continue;
    all.add(file);
    if (!file.endsWith('.js')) continue;
    const imports = [
      ...read(file)
        .toString()
        .matchAll(/(?:\bfrom|\bimport)\s*"(\.[^"]+\.js)"/g),
    ];
    closure(
      imports.map(([, path]) => join(dirname(file), path)),
      all,
    );
  }
  return all;
}

function sum(contents) {
  const total = (measured) => contents.reduce((bytes, content) => bytes + measured(content).length, 0);
  return {
    raw: total((content) => content),
    gzip: total((content) => gzipSync(content, { level: 9 })),
    brotli: total((content) => brotliCompressSync(content)),
  };
}

/** The bundle after tree-shaking. */
async function bundled() {
  // Imported late: the set-up installs it.
  const { build } = await import('rolldown');
  const entry = virtual(`export { WebSocket } from ${JSON.stringify(join(root, 'dist', 'browser.js'))};`);
  const { output } = await build({
    input: entry.name,
    plugins: [entry],
    platform: 'browser',
    write: false,
    output: { minify: true },
  });
  return Buffer.from(output[0].code);
}
