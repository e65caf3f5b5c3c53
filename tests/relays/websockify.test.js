// needs: pip:websockify chromium
// relay passes the contract through websockify, in Node and in Chromium; and a websockify with one target.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { WebSocket as Ws } from 'ws';
import { freePort, startEcho } from '../../scripts/servers.js';
import { pythonProgram } from '../../scripts/setup/python.js';
import * as exports from '../package/support/installed.js';
import { echoed, next, shut } from '../support/events.js';
import { startProgram } from '../support/relays/program.js';
import { testTransport } from '../transports/contract/index.js';

/** Starts websockify with these arguments after its port. */
async function startWebsockify(...args) {
  const port = await freePort();
  const program = pythonProgram('websockify', 'websockify');
  const { close } = await startProgram(program, [`127.0.0.1:${port}`, ...args], port);
  return { origin: `ws://127.0.0.1:${port}`, close };
}

/** Starts one in which each of these targets is a token. */
async function startWithTokens({ ports }) {
  const folder = await mkdtemp(join(tmpdir(), 'websockify-'));
  const file = join(folder, 'tokens');
  const lines = ['127.0.0.1', 'localhost'].flatMap((host) =>
    ports.map((port) => `${host}:${port}: 127.0.0.1:${port}\n`),
  );
  await writeFile(file, lines.join(''));
  const { origin, close } = await startWebsockify('--token-plugin=TokenFile', `--token-source=${file}`);
  return {
    args: `${origin}/?token={hostname}:{port}`,
    close: async () => {
      await close();
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * It ends both directions at once, and reads from the client whatever comes. It reads from the server even if it can't write to
 * the client: how much it keeps then depends on whether its last write was complete.
 */
const LACKS = /** @type {const} */ (['halfClose', 'sendsAfterEnd', 'reportsRefused', 'isHeldBack']);

testTransport({
  name: 'relay, websockify',
  exports,
  lacks: [...LACKS, 'holdsBackServer'],
  start: startWithTokens,
  make: ({ relay }, template) => relay(template, { WebSocket: Ws, protocols: 'binary' }),
});

testTransport({
  name: 'relay, websockify, chromium',
  page: { browser: 'chromium' },
  lacks: [...LACKS, 'boundsQueue'],
  start: startWithTokens,
  make: ({ relay }, template) => relay(template, { protocols: 'binary' }),
});

test('a websockify with one target is reached by a fixed template, with and without the subprotocol', async (t) => {
  const { connectionOf, relay, WebSocket } = /** @type {any} */ (exports);
  const echo = await startEcho();
  t.after(() => echo.close());
  const server = await startWebsockify(`127.0.0.1:${echo.port}`);
  t.after(() => server.close());
  for (const protocols of [undefined, 'binary']) {
    const transport = relay(`${server.origin}/websockify`, { fixed: true, WebSocket: Ws, protocols });
    const socket = new WebSocket('ws://any.example/', { transport });
    await next(socket, 'open');
    assert.equal(await echoed(socket, 'hello'), 'hello');
    assert.equal((await shut(socket))?.wasClean, true);
  }
  // It answers nothing else that is offered: then a WebSocket fails, as the standard says.
  const transport = relay(`${server.origin}/`, { fixed: true, WebSocket: Ws, protocols: 'other' });
  const socket = new WebSocket('ws://any.example/', { transport });
  await next(socket, 'close');
  assert.equal(connectionOf(socket).failure?.code, 'relay-unreachable');
});
