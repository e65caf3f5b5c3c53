// Everything that a fresh machine lacks. Each step looks first and installs only what is missing.
import { say } from '../run.js';
import { browsers } from './browsers.js';
import { cargoTool, wasmBindgenVersion, wasmTarget } from './cargo.js';
import { nodeModules } from './npm.js';

/**
 * Sets up what `npm start` and `npm run build` need.
 * @returns {Promise<void>}
 */
export async function setupBuild() {
  await nodeModules('.');
  await wasmTarget();
  // Without --locked: the lock file that the crate ships names versions that some registries lack.
  await cargoTool({ crate: 'wasm-bindgen-cli', program: 'wasm-bindgen', version: wasmBindgenVersion(), locked: false });
  say('set-up for building: done');
}

/**
 * Sets up what only the tests need, on top of {@link setupBuild}.
 * @returns {Promise<import('./browsers.js').Browsers>} where the browsers are
 */
export async function setupTests() {
  await setupBuild();
  await nodeModules('tests');
  await nodeModules('tests/package/consumers');
  await cargoTool({ crate: 'wasm-pack', program: 'wasm-pack', version: '0.15.1', locked: true });
  const found = await browsers();
  say('set-up for testing: done');
  return found;
}
