// The wasm target and the programs that cargo builds, kept in the user's cache so that every clone shares them.
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ask, root, run, say } from '../run.js';
import { folderOf, writable } from './writable.js';

const TARGET = 'wasm32-unknown-unknown';
/** Folders of the user: the environment's name, and what they are called in the home folder. */
const CACHE = /** @type {const} */ (['XDG_CACHE_HOME', '.cache']);
const CARGO = /** @type {const} */ (['CARGO_HOME', '.cargo']);

/** The version of wasm-bindgen that Cargo.toml pins. */
export function wasmBindgenVersion() {
  const pinned = /^wasm-bindgen = \{ version = "=([\d.]+)"/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'));
  if (!pinned) throw new Error('Cargo.toml no longer pins wasm-bindgen as `wasm-bindgen = { version = "=x.y.z"`');
  return pinned[1];
}

/** Rust itself is only looked for. */
export async function rust() {
  for (const program of ['cargo', 'rustc']) {
    if (await ask(program, ['--version'])) continue;
    throw new Error(`${program} can't be run: install Rust with rustup (https://rustup.rs) and try again`);
  }
  // One that is there may have all that it takes, even where it can't be written.
  if (!existsSync(folderOf(...CARGO))) writable('cargo', ...CARGO);
}

/**
 * Makes a part of Rust available that its minimal installation lacks.
 * @param {'rustfmt' | 'clippy'} name
 */
export async function component(name) {
  await rust();
  if (await ask(name === 'clippy' ? 'cargo-clippy' : name, ['--version'])) return;
  await add(['component', 'add', name], name);
}

/** Makes the standard library for wasm available to rustc. */
export async function wasmTarget() {
  await rust();
  const sysroot = (await ask('rustc', ['--print', 'sysroot']))?.trim() ?? '';
  if (existsSync(join(sysroot, 'lib', 'rustlib', TARGET, 'lib'))) return;
  await add(['target', 'add', TARGET], `target ${TARGET}`);
}

async function add(args, what) {
  say(`installing Rust's ${what} ...`);
  try {
    await run('rustup', args);
  } catch {
    throw new Error(`Rust's ${what} is missing and rustup could not add it: install it the way Rust was installed`);
  }
}

/**
 * Puts a program of exactly that version into PATH: the machine's own if it fits, else one built from crates.io.
 * @param {{ crate: string, program: string, version: string, locked: boolean }} tool
 */
export async function cargoTool({ crate, program, version, locked }) {
  if (await isVersion(program, version)) return;
  const folder = join(folderOf(...CACHE), 'websocket-wasm', `${crate}-${version}`);
  const bin = join(folder, 'bin');
  process.env.PATH = `${bin}${delimiter}${process.env.PATH}`;
  if (await isVersion(program, version)) return;
  writable('the set-up', ...CACHE);
  say(`building ${crate} ${version} (once for this machine; some minutes) ...`);
  const args = ['install', crate, '--version', `=${version}`, '--root', folder, '--force', '--quiet'];
  if (locked) args.push('--locked');
  // Tools that run for milliseconds needn't be optimised for minutes.
  await run('cargo', args, { env: { CARGO_PROFILE_RELEASE_OPT_LEVEL: '1', CARGO_PROFILE_RELEASE_LTO: 'off' } });
}

async function isVersion(program, version) {
  return (await ask(program, ['--version']))?.trim().split(/\s+/)[1] === version;
}
