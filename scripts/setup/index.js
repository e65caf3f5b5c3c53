// The tools that commands and the steps of `npm test` need, by name. Each is installed only if it is missing. Imports
// Node's own modules only: it runs before `npm ci`.
import { say } from '../run.js';
import { cargoTool, component, lockedVersion, rust, target } from './cargo.js';
import { nodeModules } from './npm.js';
import { PROGRAM_SETS, programs } from './programs.js';
import { pythonPackage } from './python.js';

/** In the order in which they are set up: the slowest last. */
const TOOLS = {
  rust,
  rustfmt: () => component('rustfmt'),
  clippy: () => component('clippy'),
  wasm32: () => target('wasm32-unknown-unknown'),
  wasm32v1: () => target('wasm32v1-none'),
  npm: () => nodeModules('.'),
  'npm:tests': () => nodeModules('tests'),
  'npm:consumers': () => nodeModules('tests/package/consumers'),
  'npm:libraries': () => nodeModules('tests/libraries'),
  'npm:anvil': () => nodeModules('tests/libraries/anvil'),
  'npm:tls': () => nodeModules('tests/tls'),
  'npm:benches': () => nodeModules('benches/contenders'),
  'pip:aioquic': () => pythonPackage('aioquic'),
  'pip:proxy.py': () => pythonPackage('proxy.py'),
  'pip:websockify': () => pythonPackage('websockify'),
  'pip:wisp-python': () => pythonPackage('wisp-python'),
  'wasm-bindgen': wasmBindgen,
  'wasm-pack': () => cargoTool({ crate: 'wasm-pack', program: 'wasm-pack', version: '0.15.1', locked: true }),
};

/** The CLI reads only what the crate of the same version wrote. */
function wasmBindgen() {
  const version = lockedVersion('wasm-bindgen');
  // Without --locked: some registries lack versions that the CLI's own lock file names.
  return cargoTool({ crate: 'wasm-bindgen-cli', program: 'wasm-bindgen', version, locked: false });
}

/** The needs of building `dist/`. @type {Need[]} */
const DIST = ['rust', 'wasm32', 'npm', 'wasm-bindgen'];

/** @typedef {keyof typeof TOOLS | keyof typeof PROGRAM_SETS | 'dist'} Need `dist` is everything that building it needs */

/**
 * Whether that is the name of a need, for names that are data.
 * @param {string} name
 * @returns {name is Need}
 */
export function isNeed(name) {
  return name === 'dist' || name in TOOLS || name in PROGRAM_SETS;
}

/**
 * Sets up the tools. Afterwards cargo's tools are in PATH, and CHROMIUM, CHROMEDRIVER and FIREFOX in the environment
 * are the paths of these programs.
 * @param {Need[]} needs
 * @returns {Promise<void>} rejects with instructions if something can't be installed
 */
export async function setUp(needs) {
  const all = new Set(needs.flatMap((need) => (need === 'dist' ? DIST : [need])));
  await programs([...all].filter((need) => need in PROGRAM_SETS));
  for (const [need, get] of Object.entries(TOOLS)) if (all.has(/** @type {Need} */ (need))) await get();
  if (all.size > 0) say('set-up: done');
}
