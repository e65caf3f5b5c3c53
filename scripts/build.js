// `npm run build`: makes dist/, the package's contents, and prints the sizes of the entries. `npm run build -- --sizes`
// updates sizes.json.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dropAlignment } from './alignment.js';
import { blankCrcTables } from './blank.js';
import { bundle, bundleOne } from './bundle.js';
import { declare } from './declarations.js';
import { writeInstance } from './glue.js';
import { SOURCES, writeNotices } from './notices.js';
import { fail, root, run, say } from './run.js';
import { setUp } from './setup/index.js';
import { keep, printSizes } from './sizes.js';

/** For the core and TLS: 10% smaller, at the same speed. The codec is all loops: it needs inlining. */
const INLINE_LESS = ['-Cllvm-args=-inline-threshold=25'];
/**
 * The size of the stack: by default a MiB, which each instance has. The tests use at most 4 KiB of it in the core, 6 in the
 * codec and 37 in TLS. A stack that overflows traps.
 */
const stack = (kib) => `-Clink-arg=-zstack-size=${kib * 1024}`;

/** As INLINE_LESS, for wasm-opt. */
const KEEP_FUNCTIONS = '--one-caller-inline-max-function-size=0';
/**
 * Lets wasm-opt put small constants into the offsets of loads and stores. The first KiB of memory, which an address plus such a
 * constant might wrap around to, is the end of the stack: no pointer of a program's is in it. 0.5% smaller.
 */
const LOW_MEMORY_UNUSED = '--low-memory-unused';
/** The core is 0.5% smaller with these; engines find common subexpressions themselves. */
const REPEAT_SHORT = ['--skip-pass=local-cse', '--always-inline-max-function-size=6'];
/** Repeats wasm-opt's passes until nothing changes: 0.3% smaller. TLS doesn't become smaller, and it takes 12 seconds. */
const CONVERGE = '--converge';

/** The crates of the workspace that the package is made of: cargo's and rustc's arguments for them. */
const CORE = {
  crate: 'websocket-wasm',
  features: ['--no-default-features', '--features=console-panic,dom,small-allocator'],
  flags: [...INLINE_LESS, stack(64)],
};
const CODEC = { crate: 'websocket-wasm-codec', flags: [stack(64)] };
const TLS = { crate: 'websocket-wasm-tls', profile: 'tls', flags: [...INLINE_LESS, stack(256)] };
const ROOTS = { crate: 'websocket-wasm-roots' };

const path = (...parts) => join(root, ...parts);
const intermediate = (name) => path('target', 'bindgen', name);

/** Hashes of the last build's inputs and outputs. */
const RECORD = path('target', 'dist-made-of');

/**
 * Builds the package.
 * @param {{ types?: boolean }} [options] whether to emit the type declarations: a page doesn't need them
 */
export async function build({ types = true } = {}) {
  say('compiling the Rust core, its codec and TLS to WebAssembly ...');
  const core = await compile(CORE);
  await run('wasm-bindgen', ['--target=web', '--out-dir=target/bindgen', '--omit-default-module-path', core]);
  writeInstance(path('target', 'bindgen'));
  copyFileSync(await compile(CODEC), intermediate('codec.wasm'));
  blankCrcTables(intermediate('codec.wasm'));
  copyFileSync(await compile(TLS), intermediate('tls.wasm'));
  await writeRoots(intermediate('roots.bin'));

  const inputs = digest([
    ...['target/bindgen', 'src/shim', 'scripts'].flatMap(filesIn),
    ...['Cargo.lock', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'],
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
  await optimise(
    'websocket_wasm_bg.wasm',
    'websocket_wasm.wasm',
    KEEP_FUNCTIONS,
    LOW_MEMORY_UNUSED,
    CONVERGE,
    ...REPEAT_SHORT,
  );
  await optimise('codec.wasm', 'codec.wasm', CONVERGE);
  await optimise('tls.wasm', 'tls.wasm', KEEP_FUNCTIONS, LOW_MEMORY_UNUSED);
  copyFileSync(intermediate('roots.bin'), path('dist', 'roots.bin'));
  await writeNotices(path('dist', 'THIRD-PARTY-NOTICES.txt'), [CORE, CODEC, TLS, ROOTS]);

  say('bundling the shim ...');
  await bundle();
  await bundleOne(['browser', 'deflate'], path('target', 'one-file.js'));
  if (types) await declare();
  await printSizes();
  writeFileSync(RECORD, record(types));
}

/** Makes a file in dist/ from one in wasm-bindgen's folder. */
async function optimise(from, to, ...more) {
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
    '--strip-target-features',
    ...more,
    '-o',
    path('dist', to),
    intermediate(from),
  ]);
  dropAlignment(path('dist', to));
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

/** One for each crate, and not that of the tests: with other flags, each build would invalidate the others'. */
const targetDir = (crate) => `target/package/${crate}`;

/**
 * Compiles a crate to WebAssembly.
 * @param {{ crate: string, profile?: string, features?: string[], flags?: string[] }} options
 * @returns {Promise<string>} the file's path
 */
async function compile({ crate, profile = 'release', features = [], flags = [] }) {
  // Panic messages name source files: this machine's paths must not be published.
  const rustflags = JSON.stringify([`--remap-path-prefix=${SOURCES}=registry`, ...flags]);
  await run(
    'cargo',
    [
      ...['rustc', '--quiet', `--profile=${profile}`, '--lib', '--crate-type=cdylib', `--package=${crate}`],
      ...[...features, '--target=wasm32-unknown-unknown', `--target-dir=${targetDir(crate)}`],
      ...['--config', `target.wasm32-unknown-unknown.rustflags=${rustflags}`],
    ],
    { env: FLAGS_OF_CONFIGURATION },
  );
  return path(targetDir(crate), 'wasm32-unknown-unknown', profile, `${crate.replaceAll('-', '_')}.wasm`);
}

/** Writes the built-in certification authorities. */
async function writeRoots(file) {
  const program = ['--quiet', `--package=${ROOTS.crate}`, `--target-dir=${targetDir(ROOTS.crate)}`];
  await run('cargo', ['run', ...program, '--', file], { env: FLAGS_OF_CONFIGURATION });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setUp(['dist'])
    .then(() => build())
    .then(() => process.argv.includes('--sizes') && keep())
    .catch(fail);
}
