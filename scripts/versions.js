// A crate that depends on this one, compiled with the oldest versions of its dependencies that Cargo.toml allows, and with
// the newest.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crate } from './manifest.js';
import { ask, root, run, say } from './run.js';
import { lockedVersion } from './setup/cargo.js';

/** The native build with the default features, and the wasm build with the class. */
const BUILDS = [[], ['--target=wasm32-unknown-unknown', '--features=dom']];

/** Compiles the dependent crate twice. */
export async function testVersions() {
  const direct = (await crate()).dependencies.filter(({ kind }) => kind === null);
  const names = [...new Set(direct.map(({ name }) => name))];
  await compile('oldest', names, pins(direct));
  await compile('newest', names, '');
}

/**
 * The part of a dependent's manifest that selects the oldest version of each. (-Z direct-minimal-versions needs a
 * nightly.)
 * @param {import('./manifest.js').Dependency[]} dependencies
 */
export function pins(dependencies) {
  const pin = ({ name, req, target }) =>
    `[${target ? `target.'${target}'.` : ''}dependencies.${name}]\nversion = "=${oldest(name, req)}"\ndefault-features = false\n`;
  return dependencies.map(pin).join('');
}

/**
 * The oldest version that a requirement allows.
 * @param {string} name
 * @param {string} requirement
 */
function oldest(name, requirement) {
  const [, major, minor = '0', patch = '0'] = /^\^(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(requirement) ?? [];
  if (major) return `${major}.${minor}.${patch}`;
  throw new Error(
    `Cargo.toml requires ${name} "${requirement}": write the oldest version that works, without an operator. Exact ` +
      'versions belong in Cargo.lock: no other crate could use this one beside another version.',
  );
}

/**
 * Compiles the crate in target/versions/.
 * @param {string} title
 * @param {string[]} names of the dependencies, to print their versions
 * @param {string} pinned more of its manifest
 */
async function compile(title, names, pinned) {
  const cwd = join(root, 'target', 'versions', title);
  mkdirSync(join(cwd, 'src'), { recursive: true });
  writeFileSync(join(cwd, 'Cargo.toml'), MANIFEST + pinned);
  writeFileSync(join(cwd, 'src', 'lib.rs'), 'pub use websocket_wasm::*;\n');
  rmSync(join(cwd, 'Cargo.lock'), { force: true });
  if ((await ask('cargo', ['generate-lockfile'], { cwd })) === undefined) {
    // If the registry can be reached, but no versions fit together, this fails too, and prints them.
    await run('cargo', ['generate-lockfile', '--offline', '--quiet'], { cwd });
    say("the registry can't be reached: only versions on this machine are tried");
  }
  const lock = readFileSync(join(cwd, 'Cargo.lock'), 'utf8');
  say(`${title}: ${names.map((name) => `${name} ${lockedVersion(name, lock)}`).join(', ')} ...`);
  // Both sets have crates in common.
  for (const build of BUILDS) await run('cargo', ['build', '--quiet', '--target-dir=../target', ...build], { cwd });
}

const MANIFEST = `[package]
name = "dependent"
version = "0.0.0"
edition = "2024"

[lib]
crate-type = ["cdylib"]

[features]
dom = ["websocket-wasm/console-panic", "websocket-wasm/dom", "websocket-wasm/small-allocator"]

[dependencies.websocket-wasm]
path = "../../.."

[profile.dev]
debug = false

[workspace]
`;
