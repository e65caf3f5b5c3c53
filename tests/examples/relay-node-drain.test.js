// examples/relay-node: its end by SIGTERM.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket as Ws } from 'ws';
import { connectionOf, WebSocket, wisp } from '../package/support/installed.js';
import { echoed, next, shut, until } from '../support/events.js';
import { startRelayNode } from '../support/relays/node.js';
import { sharedEcho } from '../support/servers/echo.js';

const echo = sharedEcho();

async function started(t, env) {
  const relay = await startRelayNode([`127.0.0.1:${echo.port}`], env);
  t.after(() => relay.close());
  const socket = new WebSocket(echo.url, { transport: wisp(relay.wisp, { WebSocket: /** @type {any} */ (Ws) }) });
  await next(socket, 'open');
  const single = new Ws(relay.template.replace('{hostname}:{port}', `127.0.0.1:${echo.port}`));
  await once(single, 'open');
  return { relay, socket, single };
}

const draining = (relay) => until(() => relay.log.some(({ event }) => event === 'draining'));

test('after SIGTERM new carriers are refused and open ones go on; the process ends with the last of them', async (t) => {
  const { relay, socket, single } = await started(t);
  assert.deepEqual(await relay.health(), { status: 200, draining: false, carriers: 2, sockets: 2 });
  relay.signal('SIGTERM');
  await draining(relay);
  assert.deepEqual(await relay.health(), { status: 503, draining: true, carriers: 2, sockets: 2 });
  const late = new Ws(relay.wisp);
  late.on('error', () => {});
  const [, response] = await once(late, 'unexpected-response');
  assert.equal(response.statusCode, 503);
  late.terminate();
  assert.equal(await echoed(socket, 'still open'), 'still open');
  assert.equal((await shut(socket)).wasClean, true);
  single.close();
  assert.equal(await relay.ended, 0);
});

test('when the time is up, what is open fails with a code, and the process ends', async (t) => {
  const { relay, socket, single } = await started(t, { RELAY_DRAIN_TIMEOUT: '0' });
  const closed = next(socket, 'close');
  const code = once(single, 'close').then(([number]) => number);
  relay.signal('SIGTERM');
  assert.equal((await closed).code, 1006);
  assert.match(connectionOf(socket).failure?.code ?? '', /^relay-/);
  assert.equal(await code, 1001);
  assert.equal(await relay.ended, 0);
});

test('a second signal ends it at once', async (t) => {
  const { relay, single } = await started(t);
  relay.signal('SIGTERM');
  await draining(relay);
  relay.signal('SIGTERM');
  assert.equal(await relay.ended, null);
  single.terminate();
});
