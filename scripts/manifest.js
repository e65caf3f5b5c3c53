// Cargo.toml, as cargo reads it.
import { ask } from './run.js';

/**
 * @typedef {object} Crate the part of `cargo metadata`'s output for a package that is used here
 * @property {string} version
 * @property {string | null} description
 * @property {string[]} authors
 * @property {string | null} repository
 * @property {string | null} homepage
 * @property {Dependency[]} dependencies
 */
/** @typedef {{ name: string, req: string, kind: string | null, target: string | null }} Dependency */

/**
 * The crate's manifest.
 * @returns {Promise<Crate>}
 */
export async function crate() {
  const metadata = JSON.parse((await ask('cargo', ['metadata', '--no-deps', '--format-version=1'])) ?? '{}');
  const found = metadata.packages?.find(({ name }) => name === 'websocket-wasm');
  if (!found) throw new Error('cargo metadata failed: is Cargo.toml valid?');
  return found;
}
