// The package has the licences of the crates that are in its WebAssembly.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (name) =>
  readFileSync(new URL(`dist/${name}`, import.meta.resolve('websocket-wasm/package.json')), 'latin1');
const [, ...notices] = read('THIRD-PARTY-NOTICES.txt').split(/^-{80}$/m);
const texts = notices.map((notice) => notice.slice(notice.indexOf('\n\n', 2)));
/** The crates of each text, as `name version (licence)`. */
const crates = notices.map((notice) => notice.trim().split('\n\n')[0].split('\n'));

test('each crate that a panic message names has a notice', () => {
  const named = ['websocket_wasm.wasm', 'codec.wasm', 'tls.wasm'].flatMap((name) => [
    ...read(name).matchAll(/registry\/[^/]+\/([\w-]+)-(\d+\.\d+\.\d+[^/]*)\/src/g),
  ]);
  const listed = new Set(crates.flat().map((crate) => crate.split(' (')[0]));
  assert.ok(named.length > 20, `${named.length}`);
  for (const [, name, version] of named) assert.ok(listed.has(`${name} ${version}`), `${name} ${version}`);
});

/** A sentence of each licence. */
const SENTENCES = {
  'BSD-3-Clause': /Redistribution and use in source and binary forms/,
  'CDLA-Permissive-2.0': /Community Data License Agreement/,
  ISC: /Permission to use, copy, modify, and\/or distribute this software/,
  MIT: /Permission is hereby granted, free of charge/,
  Zlib: /This software is provided 'as-is'/,
};

for (const [license, sentence] of Object.entries(SENTENCES)) {
  test(`crates under ${license} have its text`, () => {
    const under = notices.map((_, i) => i).filter((i) => crates[i].some((crate) => isUnder(crate, license)));
    assert.ok(under.length > 0);
    for (const i of under) assert.match(texts[i].replace(/\s+/g, ' '), sentence, crates[i].join());
  });
}

/** Of the licences that may be chosen, it is MIT. */
function isUnder(crate, license) {
  const choice = crate.slice(crate.indexOf(' (') + 2, -1).split(/ OR |\//);
  return choice.includes(license) && (choice.length === 1 || license === 'MIT');
}

test('each text is there once, and none is short', () => {
  assert.equal(new Set(texts).size, texts.length);
  for (const [i, text] of texts.entries()) assert.ok(text.length > 500, `${crates[i]}: ${text}`);
});
