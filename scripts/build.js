// `npm run build`: makes dist/, the package's contents, and prints the sizes of the entries. `npm run build -- --sizes`
// updates sizes.json.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { blankCrcTables } from './blank.js';
import { bundle, bundleOne } from './bundle.js';
import { declare } from './declarations.js';
import { writeInstance } from './glue.js';
import { fail, root, run, say } from './run.js';
import { setUp } from './setup/index.js';
import { keep, printSizes } from './sizes.js';

/** For the core, which every page loads: 10% smaller, at the same speed. The codec is all loops: it needs inlining. */
const INLINE_LESS = ['-Cllvm-args=-inline-threshold=25'];

const path = (...parts) => join(root, ...parts);

/** Hashes of the last build's inputs and outputs. */
const RECORD = path('target', 'dist-made-of');

/**
 * Builds the package.
 * @param {{ types?: boolean }} [options] whether to emit the type declarations: a page doesn't need them
 */
export async function build({ types = true } = {}) {
  say('compiling the Rust core and its codec to WebAssembly ...');
  const compiled = (name) => path('target', 'package', 'wasm32-unknown-unknown', 'release', `${name}.wasm`);
  await compile('websocket-wasm', ['--no-default-features', '--features=console-panic,dom'], INLINE_LESS);
  await run('wasm-bindgen', [
    ...['--target=web', '--out-dir=target/bindgen', '--omit-default-module-path', compiled('websocket_wasm')],
  ]);
  writeInstance(path('target', 'bindgen'));
  await compile('websocket-wasm-codec');
  copyFileSync(compiled('websocket_wasm_codec'), path('target', 'bindgen', 'codec.wasm'));
  blankCrcTables(path('target', 'bindgen', 'codec.wasm'));

  const inputs = digest([
    ...['target/bindgen', 'src/shim', 'scripts'].flatMap(filesIn),
    ...['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'],
  ]);
  const record = (withTypes) => `${inputs} ${digest(outputs())} ${withTypes ? 'with types' : 'without'}`;
  const last = existsSync(RECORD) ? readFileSync(RECORD, 'utf8') : undefined;
  // A build with types also serves callers that need none.
  if (last === record(true) || (!types && last === record(false))) {
    say('dist/ is up to date');
    return;
  }
  rmSync(RECORD, { force: true });
  rmSync(path('dist'), { recursive: true, force: true });
  mkdirSync(path('dist'));
  say('optimising the WebAssembly with wasm-opt ...');
  await optimise('websocket_wasm_bg.wasm', 'websocket_wasm.wasm', ['--one-caller-inline-max-function-size=0']);
  await optimise('codec.wasm', 'codec.wasm');

  say('bundling the shim ...');
  await bundle();
  await bundleOne(['browser', 'deflate'], path('target', 'one-file.js'));
  if (types) await declare();
  await printSizes();
  writeFileSync(RECORD, record(types));
}

/** Makes a file in dist/ from one in wasm-bindgen's folder. */
async function optimise(from, to, more = []) {
  await run(path('node_modules', '.bin', 'wasm-opt'), [
    '-O3',
    '--enable-simd',
    '--enable-bulk-memory',
    '--enable-reference-types',
    '--enable-multivalue',
    '--enable-nontrapping-float-to-int',
    '--enable-sign-ext',
    '--enable-mutable-globals',
    '--strip-producers',
    ...more,
    '-o',
    path('dist', to),
    path('target', 'bindgen', from),
  ]);
}

/** A hash of files' names and contents. */
function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(path(file)));
  return hash.digest('hex');
}

/** All files that a build writes. */
function outputs() {
  return [...filesIn('dist'), ...['target/one-file.js'].filter((file) => existsSync(path(file)))];
}

function filesIn(folder) {
  if (!existsSync(path(folder))) return [];
  const entries = readdirSync(path(folder), { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => relative(root, file)).sort();
}

/** Unsets flags in the environment: they would replace those in .cargo/config.toml and here. */
const FLAGS_OF_CONFIGURATION = { RUSTFLAGS: undefined, CARGO_ENCODED_RUSTFLAGS: undefined };

/** Has its own target directory: its flags differ from the tests', and each build would invalidate the other's. */
async function compile(crate, features = [], more = []) {
  // Panic messages name source files: this machine's paths must not be published.
  const registry = join(process.env.CARGO_HOME || join(homedir(), '.cargo'), 'registry', 'src');
  const flags = JSON.stringify([`--remap-path-prefix=${registry}=registry`, ...more]);
  await run(
    'cargo',
    [
      ...['rustc', '--quiet', '--release', '--lib', '--crate-type=cdylib', `--package=${crate}`, ...features],
      ...['--target=wasm32-unknown-unknown', '--target-dir=target/package'],
      ...['--config', `target.wasm32-unknown-unknown.rustflags=${flags}`],
    ],
    { env: FLAGS_OF_CONFIGURATION },
  );
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setUp(['dist'])
    .then(() => build())
    .then(() => process.argv.includes('--sizes') && keep())
    .catch(fail);
}
