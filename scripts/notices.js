// THIRD-PARTY-NOTICES.txt: the licences of the crates whose code or data is in the package.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from './run.js';
import { folderOf } from './setup/writable.js';

/** Where cargo unpacks the crates of registries. */
export const SOURCES = join(folderOf('CARGO_HOME', '.cargo'), 'registry', 'src');

const HEADER = `Third-party notices of websocket-wasm

The files of this package are made from the crates below, which have their own licences. They also contain parts of the
Rust standard library and of its dependencies (https://github.com/rust-lang/rust), Copyright The Rust Project
Developers, which are licensed under the Apache License 2.0 (its text is in LICENSE-APACHE) or the MIT license.
`;
const RULE = '-'.repeat(80);

/**
 * Writes the notices: each licence text once, after the crates that have it.
 * @param {string} file
 * @param {{ crate: string, features?: string[] }[]} packages of the workspace, with cargo's arguments
 */
export async function writeNotices(file, packages) {
  const linked = (await Promise.all(packages.map(linkedCrates))).flat();
  /** @type {Map<string, Set<string>>} */
  const byText = new Map();
  for (const { name, version, license } of linked) {
    const crate = `${name} ${version} (${license})`;
    for (const text of textsOf(`${name}-${version}`, license))
      byText.set(text, (byText.get(text) ?? new Set()).add(crate));
  }
  const notices = [...byText].map(([text, crates]) => `${[...crates].sort().join('\n')}\n\n${text}\n`).sort();
  writeFileSync(file, [HEADER, ...notices].join(`\n${RULE}\n\n`));
}

/** The crates of registries that are linked into a package for WebAssembly: macros and build scripts aren't. */
async function linkedCrates({ crate, features = [] }) {
  const printed = await ask('cargo', [
    ...['tree', `--package=${crate}`, ...features, '--target=wasm32-unknown-unknown', '--edges=normal,no-proc-macro'],
    ...['--prefix=none', '--no-dedupe', '--format={p}|{l}'],
  ]);
  if (!printed) throw new Error(`cargo tree --package=${crate} failed`);
  const matches = [...printed.matchAll(/^(\S+) v(\S+)(?: \((.*)\))?\|(.*)$/gm)];
  // A crate of this project has its path.
  return matches.filter(([, , , path]) => !path).map(([, name, version, , license]) => ({ name, version, license }));
}

/** The texts of a crate's licence: of MIT alone if it is one to choose. */
function textsOf(folder, license) {
  const parent = readdirSync(SOURCES).find((index) => readdirSync(join(SOURCES, index)).includes(folder));
  if (!parent) throw new Error(`${SOURCES} has no ${folder}`);
  const path = join(SOURCES, parent, folder);
  const all = readdirSync(path).filter((name) => /^(licen[cs]e|copying|copyright|notice)/i.test(name));
  const mit = all.filter((name) => /mit/i.test(name));
  const isChoice = /\bMIT\b/.test(license) && !/\bAND\b/.test(license);
  const chosen = isChoice && mit.length > 0 ? mit : all;
  if (chosen.length === 0) throw new Error(`${folder} has no licence file: name its licence in scripts/notices.js`);
  return chosen.map((name) => readFileSync(join(path, name), 'utf8').replaceAll('\r\n', '\n').trim());
}
