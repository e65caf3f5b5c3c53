// The checks of `npm run release:check`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  changelogProblems,
  contentProblems,
  disagreements,
  metadataProblems,
  reportingAddress,
} from '../../scripts/release/checks.js';

test('versions that differ, or are missing', () => {
  assert.deepEqual(disagreements({ a: '1.0.0', b: '1.0.0' }), []);
  assert.match(disagreements({ a: '1.0.0', b: '1.0.1' })[0], /a has 1\.0\.0, b has 1\.0\.1/);
  assert.match(disagreements({ a: undefined, b: undefined })[0], /a has none/);
});

test('a changelog without an entry, with an empty one, and with unreleased changes', () => {
  const entry = '# Changelog\n\n## 1.2.0 - 2027-01-31\n\n### Added\n- A thing.\n';
  assert.deepEqual(changelogProblems(entry, '1.2.0'), []);
  assert.deepEqual(changelogProblems(entry.replace('## 1.2', '## Unreleased\n\n## 1.2'), '1.2.0'), []);
  assert.equal(changelogProblems(entry, '1.2.1').length, 1);
  assert.equal(changelogProblems(entry.replace('- A thing.', ''), '1.2.0').length, 1);
  assert.equal(changelogProblems(entry.replace('## 1.2', '## Unreleased\n- Later.\n\n## 1.2'), '1.2.0').length, 1);
});

test('missing files, and unexpected ones', () => {
  const manifest = { exports: { '.': { node: { import: './dist/node.js' }, default: './dist/browser.js' } } };
  const docs = ['README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'docs/api.md', 'docs/recipes.md'];
  const files = [...docs, 'dist/THIRD-PARTY-NOTICES.txt', 'package.json', 'dist/node.js', 'dist/browser.js'];
  assert.deepEqual(contentProblems(files, manifest), []);
  assert.deepEqual(contentProblems(files.slice(0, -1), manifest), ['the package lacks dist/browser.js']);
  for (const file of ['.env', 'src/lib.rs', 'dist/other.wasm', 'dist/node.js.map', 'docs/page.png']) {
    assert.deepEqual(contentProblems([...files, file], manifest), [`the package has ${file}`]);
  }
});

test('metadata that is missing or still a placeholder, by file and field', () => {
  const filled = { repository: 'https://forge.example/websocket-wasm', homepage: 'https://websocket-wasm.example/' };
  assert.deepEqual(metadataProblems({ 'package.json': filled, 'Cargo.toml': filled }), []);
  assert.deepEqual(
    metadataProblems({
      'package.json': { ...filled, bugs: undefined },
      'Cargo.toml': { ...filled, homepage: null, authors: 'Maintainers <maintainers@forge.invalid>' },
      'SECURITY.md': { 'the reporting address': '' },
    }),
    [
      'package.json: bugs is missing',
      'Cargo.toml: homepage is missing',
      'Cargo.toml: authors is a placeholder (Maintainers <maintainers@forge.invalid>)',
      'SECURITY.md: the reporting address is missing',
    ],
  );
  const url = 'git+https://forge.invalid/websocket-wasm.git';
  assert.deepEqual(metadataProblems({ a: { repository: url } }), [`a: repository is a placeholder (${url})`]);
});

test('the reporting address is that of its section', () => {
  const policy = '# Security\n\nAsk <info@forge.example>.\n\n## Reporting\n\nWrite to\n<security@forge.example>.\n';
  assert.equal(reportingAddress(policy), 'security@forge.example');
  assert.equal(reportingAddress(policy.replace('security@', 'https://')), 'https://forge.example');
  assert.equal(reportingAddress(policy.replace('## Reporting', '## Else')), undefined);
  assert.ok(reportingAddress(readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8')));
});
