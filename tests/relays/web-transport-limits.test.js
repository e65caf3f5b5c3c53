// needs: rust pip:aioquic
// A client of examples/relay-webtransport that takes all that it may have locks out no other. On Linux, all of 127.0.0.0/8
// is loopback.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sessionClient } from '../support/relays/session-client.js';
import { startTcpEcho } from '../support/relays/targets.js';
import { buildRelay, startRelay } from '../support/relays/web-transport.js';

const [ONE, OTHER, THIRD] = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
const CONNECTED = 'answer 810000';

let program;
let echo;
before(async () => {
  program = await buildRelay();
  echo = await startTcpEcho();
});
after(() => echo?.close());

/**
 * Starts a relay, closed after the test; returns a function that starts a client.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} [env]
 */
async function start(t, env) {
  const relay = await startRelay(program, { allow: [`127.0.0.1:${echo.port}`], env });
  t.after(() => relay.close());
  /** @param {import('../support/relays/session-client.js').Action} action @param {string} source */
  return (action, source) => sessionClient(t, action, { port: relay.port, target: echo.port, source });
}

test('a thousand handshakes that go no further', async (t) => {
  const client = await start(t);
  assert.equal(await client('flood', ONE).line(), 'flooded');
  assert.equal(await client('echo', OTHER).line(), CONNECTED);
  // Whose packets they are isn't proven: one with its address shows that it is its own, and connects.
  assert.equal(await client('echo', ONE).line(), CONNECTED);
});

test('as many sessions as a client may have', async (t) => {
  const client = await start(t, { RELAY_MAX_SESSIONS: '2' });
  const sessions = [client('echo', ONE), client('echo', ONE)];
  for (const session of sessions) assert.equal(await session.line(), CONNECTED);
  assert.equal(await client('echo', ONE).line(), 'refused');
  assert.equal(await client('echo', OTHER).line(), CONNECTED);
  sessions[0].end();
  assert.equal(await sessions[0].line(), 'done');
  // QUIC keeps a closed connection for some time.
  let answer;
  do answer = await client('echo', ONE).line();
  while (answer === 'refused');
  assert.equal(answer, CONNECTED);
});

test('a connection that stays although its session was not opened in time', async (t) => {
  const client = await start(t, { RELAY_MAX_SESSIONS: '1', RELAY_SESSION_TIMEOUT: '1' });
  assert.equal(await client('half', ONE).line(), 'connected');
  // As long as the relay takes to end those that let it.
  assert.equal(await client('nothing', THIRD).line(), 'closed');
  assert.equal(await client('echo', ONE).line(), 'refused');
  assert.equal(await client('echo', OTHER).line(), CONNECTED);
});

test('as many streams without a request as a client may have connections', async (t) => {
  const client = await start(t, { RELAY_MAX_SOCKETS: '3' });
  const silent = client('silent', ONE);
  const throttled = 'answer 8105';
  assert.equal(await silent.line(), throttled);
  assert.ok((await client('echo', ONE).line()).startsWith(throttled));
  assert.equal(await client('echo', OTHER).line(), CONNECTED);
  // They are malformed requests once they are late.
  for (let streams = 0; streams < 3; streams += 1) assert.equal(await silent.line(), 'answer 8101');
  assert.equal(await silent.line(), 'answer 8100');
});
