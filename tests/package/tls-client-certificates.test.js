// Client certificates: which are sent, and to whom.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createAuthority } from '../../scripts/certificates.js';
import { localhost, root } from '../support/tls/pki.js';
import { trust } from '../support/tls/refusals/refusal.js';
import { echoed, FAILED, shut, story } from './support/sockets.js';
import { CARRIERS, opened, served } from './support/tls-sockets.js';

const clients = createAuthority({ name: 'Authority of the clients' });
const usages = /** @type {const} */ (['clientAuth']);
const ofClient = clients.issue({ name: 'client', usages: [...usages] });

/** Keys, as the option takes them. */
const KEYS = {
  'P-256 as PKCS#8': (keyPem) => keyPem,
  'P-256 as SEC1': (_, key) => key.export({ type: 'sec1', format: 'pem' }),
  'P-256 as SEC1 in DER': (_, key) => key.export({ type: 'sec1', format: 'der' }),
  Ed25519: (keyPem) => keyPem,
};

const VERSIONS = /** @type {const} */ (['TLSv1.3', 'TLSv1.2']);

/** A server that asks for a certificate. */
const asking = (version, more) => ({
  certificate: localhost(),
  minVersion: version,
  maxVersion: version,
  requestCert: true,
  ca: clients.certPem,
  ...more,
});

/** The SHA-256 of the certificate that the server's last connection got. */
const received = ({ connections }) => connections.at(-1).getPeerCertificate().fingerprint256;
const fingerprint = ({ der }) => new X509Certificate(der).fingerprint256;

for (const version of VERSIONS) {
  for (const [name, form] of Object.entries(KEYS)) {
    test(`${version}: ${name} is sent to a server that demands one`, async (t) => {
      const server = await served(t, asking(version));
      const [keyType] = /** @type {['P-256' | 'Ed25519']} */ (name.split(' '));
      const certificate = clients.issue({ name: 'client', usages: [...usages], keyType });
      const options = { ...trust(root()), cert: certificate.certPem, key: form(certificate.keyPem, certificate.key) };
      for (const transport of Object.values(CARRIERS)) {
        const socket = await opened(server, options, { transport: transport() });
        assert.equal(await echoed(socket, 'hello'), 'hello');
        assert.equal(received(server), fingerprint(certificate));
        await shut(socket);
      }
    });
  }

  test(`${version}: the issuers of the certificate are sent, too`, async (t) => {
    const server = await served(t, asking(version));
    const issuer = clients.issue({ name: 'Intermediate of the clients', isCa: true });
    const certificate = issuer.issue({ name: 'client', usages: [...usages] });
    const options = { ...trust(root()), cert: [certificate.certPem, issuer.der], key: certificate.keyPem };
    const socket = await opened(server, options);
    assert.equal(await echoed(socket, 'hello'), 'hello');
    assert.equal(received(server), fingerprint(certificate));
    await shut(socket);
    const { failure } = await story(`wss://localhost:${server.port}/`, {
      transport: CARRIERS["Node's sockets"](),
      tls: { ...options, cert: certificate.certPem },
    });
    assert.equal(failure.code, 'tls-truncated');
  });

  test(`${version}: a server that asks, and requires none, gets none`, async (t) => {
    const server = await served(t, asking(version, { rejectUnauthorized: false }));
    const socket = await opened(server, trust(root()));
    assert.equal(received(server), undefined);
    await shut(socket);
  });

  test(`${version}: a server that does not ask gets none`, async (t) => {
    const server = await served(t, asking(version, { requestCert: false }));
    const socket = await opened(server, { ...trust(root()), cert: ofClient.certPem, key: ofClient.keyPem });
    assert.equal(received(server), undefined);
    await shut(socket);
  });

  // Node ends the connection without an alert.
  test(`${version}: a server that does not trust its authority ends the connection`, async (t) => {
    const server = await served(t, asking(version, { ca: root().certPem }));
    const url = `wss://localhost:${server.port}/`;
    const tls = { ...trust(root()), cert: ofClient.certPem, key: ofClient.keyPem };
    for (const transport of Object.values(CARRIERS)) {
      const { failure, ...rest } = await story(url, { transport: transport(), tls });
      assert.equal(failure.code, 'tls-truncated');
      assert.deepEqual(rest, FAILED);
    }
  });
}
