// examples/echo.rs against an echo server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { listen } from '../../scripts/servers.js';
import { sharedEcho } from '../support/servers/echo.js';

const cwd = fileURLToPath(new URL('../../', import.meta.url));
const echoes = (...args) =>
  promisify(execFile)('cargo', ['run', '--quiet', '--example', 'echo', '--', ...args], { cwd });

const echo = sharedEcho();

test('the example sends each word, prints the answers, and closes', async () => {
  const { stdout } = await echoes(`127.0.0.1:${echo.port}`, 'hello', 'zwölf', 'x'.repeat(100_000));
  assert.equal(stdout, `hello\nzwölf\n${'x'.repeat(100_000)}\nclosed: 1000 all said\n`);
  assert.match(echo.counts(), /"connections":1,"texts":3/);
});

test('an HTTP server without WebSockets is an error with its status', async () => {
  const server = await listen(createServer((_, response) => response.writeHead(404).end()));
  try {
    await assert.rejects(echoes(`127.0.0.1:${server.port}`, 'hello'), { code: 1, stderr: /404/ });
  } finally {
    await server.close();
  }
});
