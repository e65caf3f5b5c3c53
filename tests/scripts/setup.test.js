// The errors of the set-up if it can't install anything, and the needs of the steps.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { find } from '../../scripts/run.js';
import { setUp } from '../../scripts/setup/index.js';
import { folderOf, writable } from '../../scripts/setup/writable.js';
import { STEPS } from '../../scripts/steps.js';

let empty;
before(() => {
  empty = mkdtempSync(join(tmpdir(), 'no programs '));
});
after(() => rmSync(empty, { recursive: true }));

/** Runs `use` with changes to the environment, which are undone afterwards; an undefined value removes a variable. */
async function withEnv(changes, use) {
  const before = Object.fromEntries(Object.keys(changes).map((name) => [name, process.env[name]]));
  const assign = (values) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  assign(changes);
  try {
    return await use();
  } finally {
    assign(before);
  }
}

/** The message with which the set-up rejects on a machine without programs. */
async function refusal(needs) {
  const nothing = { PATH: empty, CHROMIUM: undefined, CHROMEDRIVER: undefined, FIREFOX: undefined };
  const error = await withEnv(nothing, () =>
    setUp(needs).then(
      () => undefined,
      (reason) => reason,
    ),
  );
  return error?.message;
}

test('the error names the packages of all missing programs', async () => {
  const said = await refusal(['chromedriver', 'firefox', 'webkit']);
  assert.match(said, /: chromium chromium-driver firefox-esr webkit2gtk-driver xvfb$/);
});

test('without Rust the error says where to get it', async () => {
  assert.match(await refusal(['rust']), /https:\/\/rustup\.rs/);
  assert.match(await refusal(['dist']), /https:\/\/rustup\.rs/);
});

test('a program that the environment names is used', async () => {
  await withEnv({ FIREFOX: process.execPath }, async () => {
    await setUp(['firefox']);
    assert.equal(process.env.FIREFOX, process.execPath);
  });
});

test("the error for a folder that can't be written names it and the variable to set", async () => {
  // Not even root can create a folder below a file.
  await withEnv({ CARGO_HOME: join(process.execPath, 'cargo') }, () => {
    const message = /cargo can't write to .*node\/cargo .*: set CARGO_HOME/;
    assert.throws(() => writable('cargo', 'CARGO_HOME', '.cargo'), message);
  });
  await withEnv({ CARGO_HOME: join(empty, 'new') }, () => {
    writable('cargo', 'CARGO_HOME', '.cargo');
    assert.ok(existsSync(folderOf('CARGO_HOME', '.cargo')));
  });
  await withEnv({ CARGO_HOME: undefined }, () => {
    assert.equal(folderOf('CARGO_HOME', '.cargo'), join(homedir(), '.cargo'));
  });
});

test('find() finds programs by name and by path, and no folders', () => {
  assert.equal(find(process.execPath), process.execPath);
  assert.ok(find('node'));
  assert.equal(find('no-such-program'), undefined);
  assert.equal(find(empty), undefined);
});

test('formatting and the native tests need no browser and build no tool', () => {
  assert.deepEqual(STEPS.format.needs, ['rustfmt', 'npm:tests']);
  assert.deepEqual(STEPS.native.needs, ['rust']);
});
