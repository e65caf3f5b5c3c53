// `npm test`: sets up, checks, builds and tests everything. Names given as arguments run only those steps.
import { join } from 'node:path';
import { build } from './build.js';
import { installPacked } from './pack.js';
import { fail, root, run, say } from './run.js';
import { setupTests } from './setup/index.js';

const tool = (...parts) => join(root, ...parts);
const nodeTest = ['--test', '--test-reporter=spec', '--test-timeout=120000'];

/**
 * Each step by name, in order: the cheap ones first.
 * @type {Record<string, [string, (browsers: import('./setup/browsers.js').Browsers) => Promise<void>]>}
 */
const steps = {
  format: ['formatting and lint', () => formatted()],
  native: ['the core, natively', () => natively()],
  build: ['the package', () => build()],
  clippy: ['clippy and rustdoc', () => clippy().then(documented)],
  release: ['what a release must be', () => run('node', [...nodeTest, 'tests/release/'])],
  types: ['types', () => types()],
  node: ['the installed package in Node', () => inNode()],
  autobahn: ['groups 1 to 7 and 10 of Autobahn|Testsuite in Node', () => inAutobahn()],
  wasm: ['wasm-pack test in Chromium', (browsers) => inWasmPack(browsers)],
  examples: ['the Rust examples, natively and in Chromium', (browsers) => inExamples(browsers)],
  page: ['the page in Chromium and Firefox', (browsers) => inPages(browsers)],
  consumers: ['the packed package in every kind of project', (browsers) => inConsumers(browsers)],
  libraries: ["other people's libraries in Node and Chromium", (browsers) => inLibraries(browsers)],
  docs: ['the examples of docs/ in Node and Chromium', (browsers) => inDocs(browsers)],
  dom: ['clauses of the standard in every engine', (browsers) => inEngines(browsers)],
};

async function test(names) {
  const unknown = names.filter((name) => !(name in steps));
  if (unknown.length > 0) throw new Error(`no such step: ${unknown}; there are ${Object.keys(steps).join(', ')}`);
  const browsers = await setupTests();
  for (const [name, [title, step]] of Object.entries(steps)) {
    if (names.length > 0 && !names.includes(name)) continue;
    say(`${name}: ${title} ...`);
    await step(browsers);
  }
  say('all tests passed');
}

async function natively() {
  await run('cargo', ['test', '--quiet']);
  // Of each fuzz target its seeds and a little made-up input.
  await run('cargo', ['test', '--quiet', '--manifest-path=fuzz/Cargo.toml', '--target-dir=target/fuzz']);
}

async function formatted() {
  await run('cargo', ['fmt', '--all', '--check']);
  for (const crate of ['fuzz', 'examples/in-page']) {
    await run('cargo', ['fmt', '--check', `--manifest-path=${crate}/Cargo.toml`]);
  }
  await run(tool('tests', 'node_modules', '.bin', 'biome'), ['check', '--error-on-warnings']);
}

async function clippy() {
  const strict = ['--quiet', '--all-targets', '--', '-D', 'warnings'];
  await run('cargo', ['clippy', ...strict]);
  // The tests for browsers import dist/ and are told the servers when they are compiled to be run.
  const env = { ECHO_URL: 'ws://127.0.0.1:1/', RELAY_URL: 'ws://127.0.0.1:1/' };
  const wasm = ['--target', 'wasm32-unknown-unknown'];
  await run('cargo', ['clippy', ...wasm, ...strict], { env });
  // As the npm package is built: the core and its codec apart.
  await run('cargo', ['clippy', '--lib', '--no-default-features', '--features=console-panic,dom', ...wasm, ...strict], {
    env,
  });
  await run('cargo', ['clippy', '--package=websocket-wasm-codec', ...wasm, ...strict]);
  // The protocol alone, as a crate that depends on it has it.
  const inPage = ['--manifest-path=examples/in-page/Cargo.toml', '--target-dir=target/examples'];
  await run('cargo', ['clippy', ...inPage, ...wasm, ...strict]);
}

/** Every link of the rustdoc leads somewhere, on both targets. */
async function documented() {
  const env = { RUSTDOCFLAGS: '-D warnings' };
  for (const target of [[], ['--target', 'wasm32-unknown-unknown']]) {
    await run('cargo', ['doc', '--quiet', '--no-deps', '--lib', ...target], { env });
  }
}

async function types() {
  const { testTypes } = await import('./test-types.js');
  await testTypes();
}

async function inNode() {
  await installPacked('tests/package');
  const env = { NODE_EXTRA_CA_CERTS: undefined };
  await run('node', [...nodeTest, 'tests/package/'], { env });
}

async function inAutobahn() {
  await run('node', [...nodeTest, 'tests/autobahn/']);
  const { testSlice } = await import('./test-autobahn.js');
  await testSlice();
}

async function inWasmPack({ chromedriver }) {
  const { testInChromium } = await import('./wasm-pack.js');
  await testInChromium(chromedriver);
}

async function inExamples({ chromium }) {
  // Compiling them may take minutes on a new machine.
  const patient = nodeTest.map((arg) => arg.replace(/^--test-timeout=.*/, '--test-timeout=900000'));
  await run('node', [...patient, 'tests/examples/'], { env: { CHROMIUM: chromium } });
}

async function inPages({ chromium, firefox }) {
  await run('node', [...nodeTest, 'tests/page/'], { env: { CHROMIUM: chromium, FIREFOX: firefox } });
}

async function inConsumers(browsers) {
  const { testConsumers } = await import('./test-consumers.js');
  await testConsumers(browsers);
}

async function inLibraries({ chromium }) {
  const { testLibraries } = await import('./test-libraries.js');
  await testLibraries(chromium);
}

async function inDocs({ chromium }) {
  // Their examples use one of the libraries.
  const { installLibraries } = await import('./test-libraries.js');
  await installLibraries();
  await run('node', [...nodeTest, 'tests/docs/'], { env: { CHROMIUM: chromium } });
}

async function inEngines({ chromium, firefox }) {
  const { ENGINES, SLICE, testDom } = await import('./test-dom.js');
  Object.assign(process.env, { CHROMIUM: chromium, FIREFOX: firefox });
  await testDom(ENGINES, { brief: true, where: SLICE });
}

await test(process.argv.slice(2)).catch(fail);
