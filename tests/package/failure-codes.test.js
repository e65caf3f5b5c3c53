// The table of failure codes in docs/api.md: no code is missing in it, and each is reached by a real peer. Cases of this
// file do it, and cases that other tests run: of refused TLS servers, and in pages.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { PAGE_FAILURES } from '../support/page-failures.js';
import { REFUSALS } from '../support/tls/refusals.js';
import { CASES } from './support/failure-cases.js';
import { PROGRAMS } from './support/failure-programs.js';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

/** The codes of the cases that this file runs. */
const HERE = { ...CASES, ...PROGRAMS };

/** Those of tls-refusals.test.js, and of page/failure-codes.test.js. */
const ELSEWHERE = new Set([...REFUSALS.map(({ code }) => code), ...Object.keys(PAGE_FAILURES)]);

/** The codes of the table. One with an ellipsis stands for all that begin with it. */
const documented = [
  .../## Failure codes\n([\s\S]*?)\n## /.exec(read('docs/api.md'))[1].matchAll(/^\| (`[^|]*) \|/gm),
].flatMap(([, cell]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code));

const isDocumented = (code) =>
  documented.some((name) => (name.endsWith('…') ? code.startsWith(name.slice(0, -1)) : code === name));

test('the table has each code once', () => {
  assert.ok(documented.length > 60);
  assert.deepEqual([...new Set(documented)], documented);
});

test('every code of the sources is in the table', () => {
  const shim = readdirSync(new URL('src/shim/', root), { recursive: true }).map(String);
  const texts = shim.filter((name) => name.endsWith('.ts')).map((name) => read(`src/shim/${name}`));
  const made = texts.flatMap((text) => [...text.matchAll(/(?:new Failure\(|failureOf\(\w+, )'([a-z-]+)'/g)]);
  const rust = ['src/protocol/error.rs', 'src/dom/failure.rs'].map(read).join('\n');
  const named = [...rust.matchAll(/=> "([a-z0-9]+(?:-[a-z0-9]+)*)",$/gm)];
  const codes = new Set([...made, ...named].map(([, code]) => code));
  // Of the server role, and of a driver other than the shim.
  for (const code of ['unmasked-frame', 'partial-missing', 'message-refused']) assert.ok(codes.delete(code), code);
  assert.ok(codes.size > 40);
  assert.deepEqual(
    [...codes].filter((code) => !isDocumented(code)),
    [],
  );
});

test('each code of the table is reached by a test, and no other is listed', () => {
  const listed = [...Object.keys(HERE), ...ELSEWHERE];
  for (const name of documented) {
    const isListed = name.endsWith('…')
      ? listed.some((code) => code.startsWith(name.slice(0, -1)))
      : listed.includes(name);
    assert.ok(isListed, `no test reaches ${name}`);
  }
  assert.deepEqual(
    listed.filter((code) => !isDocumented(code)),
    [],
  );
});

// Several at a time: one of them waits for 10 seconds.
describe('each code is reached', { concurrency: 6 }, () => {
  for (const [code, reach] of Object.entries(HERE)) {
    test(code, async () => {
      assert.equal(await reach(), code);
    });
  }
});
