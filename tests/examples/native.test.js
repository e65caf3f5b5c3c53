// examples/echo.rs against a real server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEcho } from '../../scripts/servers.js';

const cwd = fileURLToPath(new URL('../../', import.meta.url));
const echoes = (...args) =>
  promisify(execFile)('cargo', ['run', '--quiet', '--example', 'echo', '--', ...args], { cwd });

let echo;
before(async () => {
  echo = await startEcho();
});
after(() => echo.close());

test('it says each word, prints the answers, and closes', async () => {
  const { stdout } = await echoes(`127.0.0.1:${echo.port}`, 'hello', 'zwölf', 'x'.repeat(100_000));
  assert.equal(stdout, `hello\nzwölf\n${'x'.repeat(100_000)}\nclosed: 1000 all said\n`);
  assert.match(echo.counts(), /"connections":1,"texts":3/);
});

test('what is no WebSocket server is an error that says so', async () => {
  const { createServer } = await import('node:http');
  const server = createServer((_, response) => response.writeHead(404).end());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  try {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    await assert.rejects(echoes(`127.0.0.1:${port}`, 'hello'), { code: 1, stderr: /404/ });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
