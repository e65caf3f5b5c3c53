// The table of failure codes in docs/api.md: no code is missing in it, and each is reached by a real peer. A case of
// support/failure-cases.js does it here, or another test does it: then it is looked up, and must assert the code.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { REFUSALS } from '../support/tls/refusals.js';
import { CASES } from './support/failure-cases.js';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

/** Codes that take a special environment, or long: a file below tests/, and the title of its test. */
const ELSEWHERE = {
  'back-forward-cache': [
    'page/back-forward-cache.test.js',
    'connections fail when their page enters the back/forward cache',
  ],
  'closed-before-sent': [
    'package/closing.test.js',
    'a close is not clean if the server ends the connection before our Close frame is sent',
  ],
  'core-stopped': [
    'package/trap.test.js',
    'every socket of the core gets error and close 1006, and the caller gets no exception',
  ],
  'out-of-memory': [
    'package/memory.test.js',
    'a message for which the engine refuses a buffer fails its connection with 1009',
  ],
  'relay-timeout': [
    'package/wisp-carriers.test.js',
    'a carrier that never opens, or gets no first CONTINUE, fails by a timeout of its own',
  ],
  'tls-invalid-options': ['package/tls-options.test.js', 'options that only the module can check fail the connection'],
  'tls-unavailable': [
    'package/tls-handshake.test.js',
    'a trap of the module fails its connections, and the next one gets a fresh instance',
  ],
  'too-much-unread': [
    'package/relay-memory.test.js',
    'over WebSocketStream a message that is too long to be kept fails the connection, which is left',
  ],
  'unreadable-blob': ['package/life.test.js', "a Blob that can't be read fails the connection"],
  'wasm-load-failed': ['package/consumers/pages.js', 'WasmLoadError'],
};

/** Those that tls-refusals.test.js reaches, each with a server that has the flaw. */
const OF_TLS = new Set(REFUSALS.map(({ code }) => code));

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
  const listed = [...Object.keys(CASES), ...Object.keys(ELSEWHERE), ...OF_TLS];
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

for (const [code, [file, title]] of Object.entries(ELSEWHERE)) {
  test(`${code} is asserted by ${file}`, () => {
    const text = read(`tests/${file}`);
    const start = text.indexOf(title);
    assert.ok(start >= 0, `${file} has no "${title}"`);
    const next = /\ntest(InBrowsers)?\(/.exec(text.slice(start))?.index ?? -1;
    const body = text.slice(start, next < 0 ? undefined : start + next);
    assert.ok(body.includes(code), `"${title}" doesn't name ${code}`);
  });
}

for (const [code, reach] of Object.entries(CASES)) {
  test(`${code} is reached`, async () => {
    assert.equal(await reach(), code);
  });
}
