// Each library in Node over `tcp`, the default there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'websocket-wasm';
import { clients, run } from './clients/index.js';
import { startServer } from './servers/index.js';

for (const library of Object.keys(clients)) {
  test(library, { timeout: 60_000 }, async (context) => {
    const before = globalThis.WebSocket;
    context.after(() => {
      globalThis.WebSocket = before;
    });
    const server = await startServer(library);
    context.after(server.close);
    const { url, drop } = server;
    const { result, expected, made } = await run(library, {
      WebSocket,
      by: clients[library].by ?? 'option',
      url,
      drop,
    });
    assert.deepEqual(result, expected);
    assert.ok(server.connections() >= 2, 'it reconnected');
    assert.ok(made >= server.connections(), `${server.connections()} connections, ${made} of them by our class`);
  });
}
