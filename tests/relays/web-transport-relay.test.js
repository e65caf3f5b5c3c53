// needs: rust clippy
// The example's own tests and lint, and its settings.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { run } from '../../scripts/run.js';
import { buildRelay } from '../support/relays/web-transport.js';

const OPTIONS = [
  '--quiet',
  '--locked',
  '--manifest-path=examples/relay-webtransport/Cargo.toml',
  '--target-dir=target/examples',
];

test('cargo fmt, clippy and test', async () => {
  await run('cargo', ['fmt', '--check', '--manifest-path=examples/relay-webtransport/Cargo.toml']);
  await run('cargo', ['clippy', ...OPTIONS, '--all-targets', '--', '-D', 'warnings']);
  await run('cargo', ['test', ...OPTIONS]);
});

test('a missing or invalid setting ends it with a message that names it', async () => {
  const program = await buildRelay();
  const all = { RELAY_LISTEN: '127.0.0.1:0', RELAY_CERT: '/none', RELAY_KEY: '/none', RELAY_ALLOW: 'echo.example:443' };
  for (const [name, value, message] of /** @type {const} */ ([
    ['RELAY_LISTEN', undefined, /RELAY_LISTEN isn't set/],
    ['RELAY_LISTEN', 'localhost', /RELAY_LISTEN: 'localhost'/],
    ['RELAY_ALLOW', undefined, /RELAY_ALLOW isn't set/],
    ['RELAY_ALLOW', 'echo.example', /'echo\.example' isn't HOST:PORT/],
    ['RELAY_ALLOW_PRIVATE', 'yes', /RELAY_ALLOW_PRIVATE: 'yes'/],
    ['RELAY_SESSION_TIMEOUT', '0', /RELAY_SESSION_TIMEOUT: '0'/],
    ['RELAY_MAX_SESSIONS', '-1', /RELAY_MAX_SESSIONS: '-1'/],
    ['RELAY_MAX_SOCKETS', 'many', /RELAY_MAX_SOCKETS: 'many'/],
    ['RELAY_TOKEN', '', /RELAY_TOKEN is empty/],
    ['RELAY_CERT', '/none', /./],
  ])) {
    const env = { ...all, [name]: value };
    const { status, stderr } = spawnSync(program, { env, encoding: 'utf8' });
    assert.equal(status, 1, name);
    assert.match(stderr, message);
  }
});
