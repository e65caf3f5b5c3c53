// What the links of tcp say about their tasks (`Link.ownTasks`), in each runtime that has them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { listen } from '../../scripts/servers.js';
import { run } from '../support/process.js';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const ca = path('../support/servers/tls/ca.crt');
const probe = path('own-tasks-probe.js');
const tools = (name) => path(`../node_modules/.bin/${name}`);

/** The programs, and whether they have tasks of their own. */
const RUNTIMES = {
  Node: { command: [process.execPath], ownTasks: true },
  Deno: {
    command: [tools('deno'), 'run', '--quiet', '--allow-all', '--node-modules-dir=manual', '--cert', ca],
    ownTasks: false,
  },
  Bun: { command: [tools('bun')], ownTasks: true },
};

/** Sends what is delivered in several chunks or records: some at once, and more than is read at once. */
function serve(socket) {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.once('data', async () => {
    for (let i = 0; i < 50; i += 1) {
      socket.write(Buffer.alloc(100, i));
      await turn();
    }
    socket.end(Buffer.alloc(1024 * 1024, 1));
  });
}

const servers = {};
before(async () => {
  const pem = (name) => readFileSync(path(`../support/servers/tls/${name}`));
  servers.ws = await listen(net.createServer(serve));
  const server = tls.createServer({ key: pem('server.key'), cert: pem('server.crt') }, serve);
  servers.wss = await listen(server, { scheme: 'wss' });
});
after(async () => {
  for (const running of Object.values(servers)) await running.close();
});

for (const [name, { command, ownTasks }] of Object.entries(RUNTIMES)) {
  for (const scheme of ['ws', 'wss']) {
    test(`${name}, ${scheme}: microtasks run between two deliveries of a link that has tasks of its own`, async () => {
      const [program, ...args] = command;
      const { status, output } = await run(program, [...args, probe, servers[scheme].url], path('.'), {
        NODE_EXTRA_CA_CERTS: ca,
      });
      assert.equal(status, 0, output);
      const found = JSON.parse(output);
      assert.equal(found.ownTasks, ownTasks);
      assert.ok(found.deliveries > 1, output);
      if (ownTasks) assert.equal(found.early, 0, output);
    });
  }
}
