// The entries of the installed package: their exports, and that a process has one class and one state, whether its
// modules use import or require().
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { moduleArgs, runNode } from '../support/process.js';
import { sharedEcho } from '../support/servers/echo.js';

const require = createRequire(import.meta.url);
const manifest = require('websocket-wasm/package.json');
const documented = documentedExports();

test('docs/api.md lists the exports of every entry', () => {
  const entries = Object.keys(manifest.exports).filter((entry) => manifest.exports[entry].node);
  assert.deepEqual(Object.keys(documented).toSorted(), entries.toSorted());
});

for (const [entry, names] of Object.entries(documented)) {
  const { default: page, workerd, node } = manifest.exports[entry];

  test(`${entry} exports the same to import and require(), in every version of Node`, async () => {
    // ES modules if both can load them; otherwise CommonJS for both.
    assert.deepEqual([node.bun, node.module], Array(2).fill(node['module-sync']));
    for (const { default: file } of [node['module-sync'], node.import]) {
      assert.deepEqual(await keys(`await import('${located(file)}')`), names.toSorted(), file);
    }
    for (const file of [node['module-sync'].require ?? [], node.require.default].flat()) {
      assert.deepEqual(await keys(`require(${JSON.stringify(fileURLToPath(located(file)))})`), names.toSorted(), file);
    }
  });

  test(`${entry} exports the same in workerd, and in a page all but tcp`, () => {
    assert.deepEqual(exported(workerd.default), names.toSorted());
    assert.deepEqual(exported(page.default), names.filter((name) => name !== 'tcp').toSorted());
  });
}

test("tls.wasm and roots.bin, inlined, are only in the entry for that, and in workerd's the authorities", () => {
  const isInlined = (file) => /^(tls|roots)-inlined/.test(basename(file));
  const entries = Object.entries(/** @type {Record<string, any>} */ (manifest.exports)).filter(([, { node }]) => node);
  const including = {};
  for (const [entry, { workerd, node, default: page }] of entries) {
    for (const { default: file } of [workerd, node.module, node.require, page]) {
      const inlined = [...closure(fileURLToPath(located(file)))].filter(isInlined).map((path) => basename(path));
      if (inlined.length > 0) including[`${entry} ${file}`] = inlined.sort().join();
    }
  }
  assert.deepEqual(including, {
    ...Object.fromEntries(
      ['.', './slim', './web', './stream', './polyfill'].map((entry) => [
        `${entry} ${manifest.exports[entry].workerd.default}`,
        'roots-inlined.js',
      ]),
    ),
    './tls ./dist/tls.js': 'roots-inlined.js,tls-inlined.js',
  });
});

/** A file of the package, and those that it imports or requires as it is loaded. */
function closure(file, all = new Set()) {
  if (all.has(file)) return all;
  all.add(file);
  // Not import(), nor the require() that takes its place.
  const text = readFileSync(file, 'utf8').replaceAll(/\.then\(\(\)=>require\([^)]*\)\)/g, '');
  for (const [, path] of text.matchAll(/(?:\bfrom|\bimport|\brequire\()\s*["'`](\.[^"'`]+\.c?js)/g)) {
    closure(join(dirname(file), path), all);
  }
  return all;
}

/**
 * The table of docs/api.md.
 * @returns {Record<string, string[]>} names by entry
 */
function documentedExports() {
  const api = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
  const rows = [...api.matchAll(/^\| `websocket-wasm(\/\w+)?` \| (.*) \|$/gm)];
  const named = Object.fromEntries(
    rows.map(([, path = '', exports]) => [`.${path}`, [...exports.matchAll(/`(\w+)`/g)].map(([, name]) => name)]),
  );
  for (const [, path = '', exports] of rows) {
    if (exports.startsWith('those of `websocket-wasm`')) named[`.${path}`].push(...named['.']);
  }
  return named;
}

/** The URL of a file of the package. */
function located(file) {
  return new URL(file, import.meta.resolve('websocket-wasm/package.json'));
}

/** The exports of a module that an expression loads, in a process of its own: loading may change the globals. */
async function keys(load) {
  const code = `import { createRequire } from 'node:module';
    const require = createRequire('${import.meta.url}');
    console.log(JSON.stringify(Object.keys(${load}).sort()));`;
  return JSON.parse(await run(moduleArgs(code)));
}

/** The names in the export statements of a bundled module that Node can't import. */
function exported(file) {
  const text = readFileSync(located(file), 'utf8');
  const names = [...text.matchAll(/export\s*\{([^}]*)\}/g)].flatMap(([, list]) => list.split(','));
  return names.map((name) => name.split(' as ').at(-1)?.trim() ?? '').toSorted();
}

const echo = sharedEcho();

const flags = ['--no-experimental-require-module'].filter((flag) => process.allowedNodeEnvironmentFlags.has(flag));
for (const flag of [undefined, ...flags]) {
  for (const order of ['import', 'require']) {
    test(`a process that imports and requires has one class and one state, ${order} first${flag ? `, with ${flag}` : ''}`, async () => {
      const script = fileURLToPath(new URL('consumers/one.cjs', import.meta.url));
      assert.equal(await run([...(flag ? [flag] : []), script, order, echo.url]), 'one class');
    });
  }
}

/** Runs Node to its end, and returns its output. */
async function run(args) {
  const { status, output } = await runNode(args, import.meta.dirname);
  assert.equal(status, 0, output);
  return output.trim();
}
