// The steps of `npm test`, and their needs.
import { join } from 'node:path';
import { nodeTest, PROCESSORS } from './node-test.js';
import { installPacked } from './pack.js';
import { root, run } from './run.js';
import * as autobahn from './test-autobahn.js';
import * as consumers from './test-consumers.js';
import * as dom from './test-dom.js';
import * as libraries from './test-libraries.js';
import * as transports from './test-transports.js';
import { testTypes } from './test-types.js';
import { testVersions } from './versions.js';
import { testInChromium } from './wasm-pack.js';

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {import('./setup/index.js').Need[]} needs set up before it runs; `dist` is also built
 * @property {() => Promise<unknown>} run
 */

/** By name, in order: the cheap ones first. @type {Record<string, Step>} */
export const STEPS = {
  format: { title: 'formatting and lint', needs: ['rustfmt', 'npm:tests'], run: formatted },
  native: { title: 'the core and TLS, natively', needs: ['rust'], run: natively },
  nostd: { title: 'the protocol without std', needs: ['wasm32v1'], run: withoutStd },
  versions: {
    title: 'the oldest and the newest dependencies',
    needs: ['rust', 'wasm32'],
    run: () => nodeTest('tests/versions').then(testVersions),
  },
  build: { title: 'the package', needs: ['dist'], run: async () => {} },
  clippy: { title: 'clippy and rustdoc', needs: ['clippy', 'dist'], run: () => clippy().then(documented) },
  release: { title: 'the checks of a release', needs: [], run: () => nodeTest('tests/release') },
  scripts: { title: 'the set-up', needs: [], run: () => nodeTest('tests/scripts') },
  types: { title: 'types', needs: ['dist', 'npm:tests', 'npm:consumers'], run: testTypes },
  node: { title: 'the installed package in Node', needs: ['dist', 'npm:tests'], run: inNode },
  transports: {
    title: 'every transport against the contract',
    needs: transports.NEEDS,
    run: transports.testTransports,
  },
  autobahn: { title: 'groups 1 to 7 and 10 of Autobahn|Testsuite in Node', needs: ['dist'], run: inAutobahn },
  wasm: {
    title: 'wasm-pack test in Chromium',
    needs: ['dist', 'wasm-pack', 'chromedriver'],
    run: testInChromium,
  },
  examples: {
    title: 'the examples: of Rust natively and in Chromium, and the relays',
    needs: ['dist', 'npm:tests', 'npm:consumers', 'chromium'],
    run: exampleTests,
  },
  benches: {
    title: 'the benchmarks, but for their figures',
    needs: ['dist', 'npm:tests', 'npm:benches', 'chromium'],
    // Compiling other crates may take minutes on a new machine.
    run: () => nodeTest('tests/benches', { seconds: 900 }),
  },
  page: {
    title: 'the page in every browser',
    needs: ['dist', 'npm:tests', 'chromium', 'firefox', 'webkit'],
    // Where a stack overflows depends on when the engine's compiler, on another thread, has optimised a function.
    run: () => nodeTest('tests/page', { concurrency: PROCESSORS, alone: ['overflow.test.js'] }),
  },
  consumers: {
    title: 'the packed package in every kind of project',
    needs: consumers.NEEDS,
    run: () => consumers.testConsumers(),
  },
  libraries: {
    title: 'third-party libraries in Node and Chromium',
    needs: libraries.NEEDS,
    run: libraries.testLibraries,
  },
  docs: { title: 'the examples of docs/ in Node and Chromium', needs: libraries.NEEDS, run: inDocs },
  dom: {
    title: 'clauses of the standard in every engine',
    needs: dom.needsOf(dom.ENGINES),
    run: () => dom.testDom(dom.ENGINES, { brief: true, where: dom.SLICE }),
  },
};

async function formatted() {
  await run('cargo', ['fmt', '--all', '--check']);
  for (const crate of ['fuzz', 'examples/in-page', 'benches/core', 'tests/relays/support/wisp-mux']) {
    await run('cargo', ['fmt', '--check', `--manifest-path=${crate}/Cargo.toml`]);
  }
  await run(join(root, 'tests', 'node_modules', '.bin', 'biome'), ['check', '--error-on-warnings']);
}

async function natively() {
  await run('cargo', ['test', '--quiet', '--features=dom']);
  await run('cargo', ['test', '--quiet', '--package=websocket-wasm-tls']);
  // Each fuzz target with its seeds and a few random inputs. In the same folder: it depends on the same crates.
  await run('cargo', ['test', '--quiet', '--manifest-path=fuzz/Cargo.toml', '--target-dir=target']);
}

/** For a target that has no std, as a dependent crate compiles it. */
async function withoutStd() {
  const target = '--target=wasm32v1-none';
  await run('cargo', ['build', '--quiet', '--lib', '--no-default-features', target]);
}

async function clippy() {
  const strict = ['--quiet', '--all-targets', '--', '-D', 'warnings'];
  await run('cargo', ['clippy', '--features=dom', ...strict]);
  // The tests for browsers import dist/, and get the servers' URLs when they are compiled.
  const env = { ECHO_URL: 'ws://127.0.0.1:1/', RELAY_URL: 'ws://127.0.0.1:1/' };
  const wasm = ['--target', 'wasm32-unknown-unknown'];
  await run('cargo', ['clippy', ...wasm, ...strict], { env });
  // With the features of the npm package: the core without its codec, and the codec.
  await run(
    'cargo',
    ['clippy', '--lib', '--no-default-features', '--features=console-panic,dom,small-allocator', ...wasm, ...strict],
    {
      env,
    },
  );
  await run('cargo', ['clippy', '--package=websocket-wasm-codec', ...wasm, ...strict]);
  await run('cargo', [
    'clippy',
    '--package=websocket-wasm-tls',
    '--package=websocket-wasm-ciphers',
    '--package=websocket-wasm-roots',
    ...strict,
  ]);
  await run('cargo', ['clippy', '--package=websocket-wasm-tls', ...wasm, ...strict]);
  await run('cargo', ['clippy', '--manifest-path=benches/core/Cargo.toml', '--target-dir=target/benches', ...strict]);
  // The protocol alone, in a crate that depends on this one.
  const inPage = ['--manifest-path=examples/in-page/Cargo.toml', '--target-dir=target/examples'];
  await run('cargo', ['clippy', ...inPage, ...wasm, ...strict]);
}

/** Checks that no link in the rustdoc is broken, on both targets. */
async function documented() {
  const env = { RUSTDOCFLAGS: '-D warnings' };
  for (const target of [[], ['--target', 'wasm32-unknown-unknown']]) {
    await run('cargo', ['doc', '--quiet', '--no-deps', '--lib', '--features=console-panic,dom', ...target], { env });
  }
}

async function inNode() {
  await installPacked('tests/package');
  await nodeTest('tests/package', { concurrency: PROCESSORS, env: { NODE_EXTRA_CA_CERTS: undefined } });
}

async function inAutobahn() {
  await nodeTest('tests/autobahn');
  await autobahn.testSlice();
}

async function exampleTests() {
  await installPacked('tests/package');
  // Compiling those of Rust may take minutes on a new machine.
  await nodeTest('tests/examples', { seconds: 900, concurrency: PROCESSORS });
}

async function inDocs() {
  // Their examples use one of the libraries.
  await installPacked(libraries.FOLDER);
  await nodeTest('tests/docs', { concurrency: PROCESSORS });
}
