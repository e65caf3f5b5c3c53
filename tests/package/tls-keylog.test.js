// The key log: the lines of NSS's format, for this connection and no other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moduleArgs, runNode } from '../support/process.js';
import { localhost, root } from '../support/tls/pki.js';
import { trust } from '../support/tls/refusals/refusal.js';
import { echoed, shut } from './support/sockets.js';
import { opened, served } from './support/tls-sockets.js';

/** The labels of each version (draft-ietf-tls-keylogfile). */
const LABELS = {
  'TLSv1.3': [
    'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
    'CLIENT_TRAFFIC_SECRET_0',
    'EXPORTER_SECRET',
    'SERVER_HANDSHAKE_TRAFFIC_SECRET',
    'SERVER_TRAFFIC_SECRET_0',
  ],
  'TLSv1.2': ['CLIENT_RANDOM'],
};

const labelsOf = (lines) => lines.map((line) => line.split(' ')[0]).sort();

for (const [version, labels] of Object.entries(LABELS)) {
  test(`${version}: the lines are those that the server has`, async (t) => {
    const only = /** @type {any} */ ({ minVersion: version, maxVersion: version });
    const server = await served(t, { certificate: localhost(), ...only });
    const lines = { first: [], second: [] };
    for (const [name, list] of Object.entries(lines)) {
      const before = server.keylog.length;
      const socket = await opened(server, { ...trust(root()), keylog: (line) => list.push(line) });
      assert.equal(await echoed(socket, 'hello'), 'hello');
      // Another connection without the option adds none.
      const silent = await opened(server, trust(root()));
      await shut(silent);
      await shut(socket);
      for (const line of list) assert.match(line, /^[A-Z_0-9]+ [0-9a-f]{64} ([0-9a-f]{64}|[0-9a-f]{96})$/);
      assert.deepEqual(labelsOf(list), labels, name);
      const theirs = server.keylog.slice(before).map((line) => line.trim());
      assert.deepEqual(
        list.filter((line) => !theirs.includes(line)),
        [],
      );
      const randoms = new Set(list.map((line) => line.split(' ')[1]));
      assert.equal(randoms.size, 1, 'of one connection');
    }
    assert.deepEqual(
      lines.first.filter((line) => lines.second.includes(line)),
      [],
    );
  });
}

test('an exception of the function is reported, and the connection continues', async (t) => {
  const server = await served(t, { certificate: localhost() });
  const script = `
    import { WebSocket } from 'websocket-wasm';
    const reported = new Set();
    process.on('uncaughtException', ({ message }) => reported.add(message));
    const keylog = () => {
      throw new Error('no room');
    };
    const socket = new WebSocket('wss://localhost:${server.port}/', { tls: { ca: ${JSON.stringify(root().certPem)}, keylog } });
    socket.onopen = () => socket.send('hello');
    socket.onmessage = ({ data }) => socket.close(1000, data);
    socket.onclose = ({ code, reason }) => console.log(code, reason, ...reported);
  `;
  assert.equal((await runNode(moduleArgs(script), import.meta.dirname)).output, '1000 hello no room\n');
});
