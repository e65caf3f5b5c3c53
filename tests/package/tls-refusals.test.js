// TLS servers that are refused, over Node's sockets and through a relay. Node's own client is the oracle that each server
// has the flaw that it is refused for, and no other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeRefusal } from '../support/tls/node-client.js';
import { localhost, root } from '../support/tls/pki.js';
import { trust } from '../support/tls/refusals/refusal.js';
import { REFUSALS } from '../support/tls/refusals.js';
import { startTcp } from '../support/tls/server.js';
import { FAILED, story } from './support/sockets.js';
import { CARRIERS, running, served } from './support/tls-sockets.js';

for (const { title, code, start, host, tls, node } of REFUSALS) {
  test(`${title}: ${code}`, async (t) => {
    const server = await running(t, start);
    const options = tls();
    const refusal = await nodeRefusal({ ...options, port: server.port, host });
    if (node === null) assert.equal(refusal, null, "Node's own client accepts it");
    else assert.ok(refusal?.includes(node), `Node's own client: ${refusal}`);
    for (const [carrier, transport] of Object.entries(CARRIERS)) {
      const url = `wss://${host}:${server.port}/`;
      const { failure, ...rest } = await story(url, { transport: transport(), tls: options });
      assert.equal(failure?.code, code, `${carrier}: ${failure}`);
      assert.deepEqual(rest, FAILED, carrier);
    }
  });
}

for (const [carrier, transport] of Object.entries(CARRIERS)) {
  test(`${carrier}: a server that never answers fails by the handshake's timeout`, async (t) => {
    const server = await running(t, () => startTcp((socket) => socket.resume()));
    const url = `wss://localhost:${server.port}/`;
    const options = { transport: transport(), tls: trust(root()), handshakeTimeout: 100 };
    const { failure, ...rest } = await story(url, options);
    assert.equal(failure.code, 'handshake-timeout');
    assert.deepEqual(rest, FAILED);
  });

  test(`${carrier}: a server that is silent after the TLS handshake fails by the same timeout`, async (t) => {
    const server = await served(t, { certificate: localhost() });
    server.sockets.options.verifyClient = (_, __) => {};
    const options = { transport: transport(), tls: trust(root()), handshakeTimeout: 500 };
    const { failure } = await story(server.url.replace('127.0.0.1', 'localhost'), options);
    assert.equal(failure.code, 'handshake-timeout');
  });
}

test('the messages of refusals name the host, and what the certificate is for instead', async (t) => {
  const server = await served(t, { certificate: root().issue({ names: ['one.test', '*.two.test', '192.0.2.1'] }) });
  const url = `wss://server.test:${server.port}/`;
  const { failure } = await story(url, { transport: CARRIERS["Node's sockets"](), tls: trust(root()) });
  assert.match(failure.message, /server\.test.*one\.test.*\*\.two\.test.*192\.0\.2\.1/);
});

test('the message of an expired certificate has the date', async (t) => {
  const validity = { notBefore: new Date('2020-02-03T00:00:00Z'), notAfter: new Date('2021-04-05T06:07:08Z') };
  const server = await served(t, { certificate: root().issue({ names: ['localhost'], ...validity }) });
  const url = `wss://localhost:${server.port}/`;
  const { failure } = await story(url, { transport: CARRIERS["Node's sockets"](), tls: trust(root()) });
  assert.match(failure.message, /localhost.*2021-04-05/);
});
