// The wasm target and the programs that cargo builds, kept in the user's cache so that every clone shares them.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ask, root, run, say } from '../run.js';

const TARGET = 'wasm32-unknown-unknown';
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'websocket-wasm');

/** The version of wasm-bindgen that Cargo.toml pins. */
export function wasmBindgenVersion() {
  const pinned = /^wasm-bindgen = \{ version = "=([\d.]+)"/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'));
  if (!pinned) throw new Error('Cargo.toml no longer pins wasm-bindgen as `wasm-bindgen = { version = "=x.y.z"`');
  return pinned[1];
}

/** Rust itself can only be looked for. */
export async function rust() {
  for (const program of ['cargo', 'rustc']) {
    if (await ask(program, ['--version'])) continue;
    throw new Error(`${program} can't be run: install Rust with rustup (https://rustup.rs) and try again`);
  }
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
  const folder = join(cache, `${crate}-${version}`);
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  process.env.PATH = `${bin}${delimiter}${process.env.PATH}`;
  if (await isVersion(program, version)) return;
  say(`building ${crate} ${version} (once for this machine; some minutes) ...`);
  const args = ['install', crate, '--version', `=${version}`, '--root', folder, '--force', '--quiet'];
  if (locked) args.push('--locked');
  // Tools that run for milliseconds needn't be optimised for minutes.
  await run('cargo', args, { env: { CARGO_PROFILE_RELEASE_OPT_LEVEL: '1', CARGO_PROFILE_RELEASE_LTO: 'off' } });
}

async function isVersion(program, version) {
  return (await ask(program, ['--version']))?.trim().split(/\s+/)[1] === version;
}
