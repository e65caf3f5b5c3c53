// Rust's components and targets, and the programs that cargo builds: these are in the user's cache, for all clones.
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ask, root, run, say } from '../run.js';
import { folderOf, writable } from './writable.js';

/** Folders of the user: the variable that names each, and its default name in the home folder. */
const CACHE = /** @type {const} */ (['XDG_CACHE_HOME', '.cache']);
const CARGO = /** @type {const} */ (['CARGO_HOME', '.cargo']);

/**
 * The version of a crate in Cargo.lock.
 * @param {string} crate
 * @param {string} [lock] the text of Cargo.lock
 */
export function lockedVersion(crate, lock = readFileSync(join(root, 'Cargo.lock'), 'utf8')) {
  const packages = [...lock.matchAll(/^name = "(.+)"\r?\nversion = "(.+)"/gm)].filter(([, name]) => name === crate);
  if (packages.length !== 1) throw new Error(`Cargo.lock has ${packages.length} versions of ${crate} instead of one`);
  return packages[0][2];
}

/** Checks that Rust is installed. */
export async function rust() {
  for (const program of ['cargo', 'rustc']) {
    if (await ask(program, ['--version'])) continue;
    throw new Error(`${program} can't be run: install Rust with rustup (https://rustup.rs) and try again`);
  }
  // A folder that exists may have everything needed, even if it is read-only.
  if (!existsSync(folderOf(...CARGO))) writable('cargo', ...CARGO);
}

/**
 * Installs a part of Rust that its minimal installation lacks.
 * @param {'rustfmt' | 'clippy'} name
 */
export async function component(name) {
  await rust();
  if (await ask(name === 'clippy' ? 'cargo-clippy' : name, ['--version'])) return;
  await add(['component', 'add', name], name);
}

/**
 * Installs Rust's libraries for a target.
 * @param {string} name
 */
export async function target(name) {
  await rust();
  const sysroot = (await ask('rustc', ['--print', 'sysroot']))?.trim() ?? '';
  if (existsSync(join(sysroot, 'lib', 'rustlib', name, 'lib'))) return;
  await add(['target', 'add', name], `target ${name}`);
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
 * Puts a program of exactly that version into PATH: the machine's own if it has that version, otherwise one that cargo
 * builds. SETUP_IGNORES_PATH=1 in the environment ignores the machine's own, so that CI tests the installation.
 * @param {{ crate: string, program: string, version: string, locked: boolean }} tool
 */
export async function cargoTool({ crate, program, version, locked }) {
  if (!process.env.SETUP_IGNORES_PATH && (await isVersion(program, version))) return;
  const folder = join(folderOf(...CACHE), 'websocket-wasm', `${crate}-${version}`);
  const bin = join(folder, 'bin');
  process.env.PATH = `${bin}${delimiter}${process.env.PATH}`;
  if (await isVersion(join(bin, program), version)) return;
  writable('the set-up', ...CACHE);
  say(`building ${crate} ${version} (once per machine; takes some minutes) ...`);
  const args = ['install', crate, '--version', `=${version}`, '--root', folder, '--force', '--quiet'];
  if (locked) args.push('--locked');
  // Tools that run for milliseconds needn't be optimised for minutes.
  await run('cargo', args, { env: { CARGO_PROFILE_RELEASE_OPT_LEVEL: '1', CARGO_PROFILE_RELEASE_LTO: 'off' } });
}

async function isVersion(program, version) {
  return (await ask(program, ['--version']))?.trim().split(/\s+/)[1] === version;
}
