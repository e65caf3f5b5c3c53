// TLS servers that are accepted, over Node's sockets and through a relay.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { connectionOf } from 'websocket-wasm';
import { ACCEPTANCES } from '../support/tls/acceptances.js';
import { byIntermediate, intermediate, root } from '../support/tls/pki.js';
import { trust } from '../support/tls/refusals/refusal.js';
import { echoed, shut } from './support/sockets.js';
import { CARRIERS, opened, running, served } from './support/tls-sockets.js';

for (const { title, start, host, tls, facts } of ACCEPTANCES) {
  test(title, async (t) => {
    const server = await running(t, start);
    for (const [carrier, transport] of Object.entries(CARRIERS)) {
      const socket = await opened(server, tls(), { host, transport: transport() });
      const known = connectionOf(socket).tls;
      for (const [name, value] of Object.entries(facts)) {
        // A resumed session of TLS 1.2 has no key exchange.
        const isKnown = name !== 'group' || known?.protocol === 'TLSv1.3' || !known?.resumed;
        assert.equal(known?.[name], isKnown ? value : undefined, `${carrier}: ${name}`);
      }
      assert.equal(await echoed(socket, carrier), carrier);
      await shut(socket);
    }
  });
}

test('the facts are those that Node reads in the certificates', async (t) => {
  const server = await served(t, { certificate: byIntermediate(), chain: [intermediate()] });
  const socket = await opened(server, trust(root()));
  const { certificate, certificates } = /** @type {any} */ (connectionOf(socket).tls);
  const leaf = new X509Certificate(byIntermediate().der);
  assert.deepEqual(
    certificates.map((der) => Buffer.from(der)),
    [byIntermediate(), intermediate()].map(({ der }) => Buffer.from(der)),
  );
  assert.deepEqual(certificate, {
    subject: leaf.subject,
    issuer: leaf.issuer,
    validFrom: new Date(leaf.validFrom),
    validTo: new Date(leaf.validTo),
    fingerprint256: leaf.fingerprint256,
  });
  await shut(socket);
});
