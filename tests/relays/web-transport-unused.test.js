// needs: rust pip:aioquic
// The relay of examples/relay-webtransport ends the sessions of clients that ask for nothing they may have.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sessionClient } from '../support/relays/session-client.js';
import { startTcpEcho } from '../support/relays/targets.js';
import { buildRelay, startRelay } from '../support/relays/web-transport.js';

const TOKEN = 'secret';

let relay;
let echo;
before(async () => {
  echo = await startTcpEcho();
  relay = await startRelay(await buildRelay(), {
    allow: [`127.0.0.1:${echo.port}`],
    token: TOKEN,
    env: { RELAY_SESSION_TIMEOUT: '1' },
  });
});
after(async () => {
  await relay?.close();
  await echo?.close();
});

const startClient = (t, action, token = TOKEN) =>
  sessionClient(t, action, { port: relay.port, target: echo.port, token });

for (const [title, action, token] of /** @type {const} */ ([
  ['a connection without a session', 'nothing', TOKEN],
  ['a session without a stream', 'session', TOKEN],
  ['a session whose streams have no valid token', 'streams', 'Secret'],
])) {
  test(`${title} is ended`, async (t) => {
    assert.equal(await startClient(t, action, token).line(), 'closed');
  });
}

test('a session with an open stream is kept', async (t) => {
  const used = startClient(t, 'echo');
  assert.equal(await used.line(), 'answer 810000');
  // As long as the relay takes to end those that aren't used.
  for (let i = 0; i < 2; i += 1) {
    assert.equal(await startClient(t, 'session').line(), 'closed');
    used.write(`hello ${i}\n`);
    assert.equal(await used.line(), `echo hello ${i}`);
  }
});
