// What the set-up says where it can install nothing, and what each step asks of it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { find } from '../../scripts/run.js';
import { setUp } from '../../scripts/setup/index.js';
import { folderOf, writable } from '../../scripts/setup/writable.js';
import { STEPS } from '../../scripts/steps.js';

const { PATH } = process.env;
let empty;
before(() => {
  empty = mkdtempSync(join(tmpdir(), 'no programs '));
});
after(() => rmSync(empty, { recursive: true }));

/** What the set-up rejects with on a machine without programs. */
async function refusal(needs) {
  for (const variable of ['CHROMIUM', 'CHROMEDRIVER', 'FIREFOX']) delete process.env[variable];
  process.env.PATH = empty;
  try {
    await setUp(needs);
  } catch (error) {
    return error.message;
  } finally {
    process.env.PATH = PATH;
  }
  return 'nothing';
}

test('programs that are missing are all named at once, by their packages', async () => {
  const said = await refusal(['chromedriver', 'firefox', 'webkit']);
  assert.match(said, /: chromium chromium-driver firefox-esr webkit2gtk-driver xvfb xauth$/);
});

test('without Rust it says where to get it', async () => {
  assert.match(await refusal(['rust']), /https:\/\/rustup\.rs/);
  assert.match(await refusal(['dist']), /https:\/\/rustup\.rs/);
});

test('a program that the environment names is taken', async () => {
  process.env.FIREFOX = process.execPath;
  await setUp(['firefox']);
  assert.equal(process.env.FIREFOX, process.execPath);
  delete process.env.FIREFOX;
});

test("a folder that can't be written is named, and what to set", () => {
  const before = process.env.CARGO_HOME;
  // Below a file there is no folder, for root neither.
  process.env.CARGO_HOME = join(process.execPath, 'cargo');
  assert.throws(
    () => writable('cargo', 'CARGO_HOME', '.cargo'),
    /cargo can't write to .*node\/cargo .*: set CARGO_HOME/,
  );
  process.env.CARGO_HOME = join(empty, 'new');
  writable('cargo', 'CARGO_HOME', '.cargo');
  assert.ok(existsSync(folderOf('CARGO_HOME', '.cargo')));
  delete process.env.CARGO_HOME;
  assert.equal(folderOf('CARGO_HOME', '.cargo'), join(homedir(), '.cargo'));
  if (before) process.env.CARGO_HOME = before;
});

test('programs are found by name and by path; folders are none', () => {
  assert.equal(find(process.execPath), process.execPath);
  assert.ok(find('node'));
  assert.equal(find('no-such-program'), undefined);
  assert.equal(find(empty), undefined);
});

test('formatting and the native tests need no browser and build no tool', () => {
  assert.deepEqual(STEPS.format.needs, ['rustfmt', 'npm:tests']);
  assert.deepEqual(STEPS.native.needs, ['rust']);
});
