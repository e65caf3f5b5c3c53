// Handshakes that differ from the usual one: resumed sessions, and a HelloRetryRequest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOf } from 'websocket-wasm';
import { createAuthority } from '../../scripts/certificates.js';
import { root, stranger } from '../support/tls/pki.js';
import { trust } from '../support/tls/refusals/refusal.js';
import { startTamperer } from '../support/tls/tamper/proxy.js';
import { echoed, shut, story } from './support/sockets.js';
import { CARRIERS, opened, running, served } from './support/tls-sockets.js';

const clients = createAuthority({ name: 'Authority of the clients' });
const one = clients.issue({ name: 'one', usages: ['clientAuth'] });
const other = clients.issue({ name: 'other', usages: ['clientAuth'] });

const VERSIONS = /** @type {const} */ (['TLSv1.3', 'TLSv1.2']);
const speaking = (version) => ({ minVersion: version, maxVersion: version });

/** For every host of the tests. */
const certificate = root().issue({ names: ['*.sessions.test'] });
let hosts = 0;

/** A host of its own for a test: sessions are kept by host. */
function newHost() {
  hosts += 1;
  return `s${hosts}.sessions.test`;
}

/** Connects, echoes, closes, and says whether the session was resumed; client and server agree on it. */
async function resumed(server, options, host, transport = CARRIERS["Node's sockets"]()) {
  const socket = await opened(server, options, { host, transport });
  // Tickets of TLS 1.3 arrive before the echo.
  assert.equal(await echoed(socket, 'hello'), 'hello');
  const { resumed } = /** @type {any} */ (connectionOf(socket).tls);
  assert.equal(server.connections.at(-1).isSessionReused(), resumed);
  await shut(socket);
  return resumed;
}

for (const version of VERSIONS) {
  for (const [carrier, transport] of Object.entries(CARRIERS)) {
    test(`${version}, ${carrier}: later connections resume the session of the first`, async (t) => {
      const server = await served(t, { certificate, ...speaking(version) });
      const host = newHost();
      const seen = [];
      for (let connections = 0; connections < 3; connections += 1) {
        seen.push(await resumed(server, trust(root()), host, transport()));
      }
      assert.deepEqual(seen, [false, true, true]);
    });
  }

  test(`${version}: a resumed connection has the facts of the first`, async (t) => {
    const server = await served(t, { certificate, ...speaking(version) });
    const host = newHost();
    const facts = [];
    for (let connections = 0; connections < 2; connections += 1) {
      const socket = await opened(server, trust(root()), { host });
      await echoed(socket, 'hello');
      facts.push(connectionOf(socket).tls);
      await shut(socket);
    }
    const [first, second] = /** @type {any[]} */ (facts);
    assert.deepEqual([first.resumed, second.resumed], [false, true]);
    assert.deepEqual(second.certificate, first.certificate);
    assert.deepEqual(second.certificates, first.certificates);
    assert.equal(second.cipherSuite, first.cipherSuite);
  });

  const base = () => trust(root());
  /** Options with which the session of a connection with `base` must not be resumed. */
  const others = {
    'other authorities': () => trust(root(), stranger()),
    pins: () => ({ ...base(), pins: [certificate.spkiSha256] }),
    'a client certificate': () => ({ ...base(), cert: one.certPem, key: one.keyPem }),
  };
  for (const [name, options] of Object.entries(others)) {
    test(`${version}: no session is resumed with ${name} that it was not verified with`, async (t) => {
      const asking = { requestCert: true, rejectUnauthorized: false, ca: clients.certPem };
      const server = await served(t, { certificate, ...speaking(version), ...asking });
      const host = newHost();
      assert.equal(await resumed(server, base(), host), false);
      assert.equal(await resumed(server, base(), host), true);
      assert.equal(await resumed(server, options(), host), false);
      assert.equal(await resumed(server, options(), host), true);
    });
  }

  test(`${version}: a session of one client certificate is not resumed with another`, async (t) => {
    const asking = { requestCert: true, ca: clients.certPem };
    const server = await served(t, { certificate, ...speaking(version), ...asking });
    const host = newHost();
    const by = ({ certPem, keyPem }) => ({ ...base(), cert: certPem, key: keyPem });
    assert.equal(await resumed(server, by(one), host), false);
    assert.equal(await resumed(server, by(other), host), false);
    assert.equal(await resumed(server, by(one), host), true);
  });

  /** Options by which the same server must be refused, although a session of it is known. */
  const refusing = {
    'tls-certificate-unknown-issuer': () => trust(stranger()),
    'tls-certificate-pin': () => ({ ...base(), pins: [stranger().spkiSha256] }),
    'tls-certificate-wrong-host': () => ({ ...base(), servername: 'server.test' }),
  };
  for (const [code, options] of Object.entries(refusing)) {
    test(`${version}: a known session does not skip a check: ${code}`, async (t) => {
      const server = await served(t, { certificate, ...speaking(version) });
      const host = newHost();
      const url = `wss://${host}:${server.port}/`;
      assert.equal(await resumed(server, base(), host), false);
      const transport = CARRIERS["Node's sockets"]();
      assert.equal((await story(url, { transport, tls: options() })).failure.code, code);
      assert.equal(await resumed(server, base(), host), true);
      assert.equal((await story(url, { transport, tls: options() })).failure.code, code);
    });
  }

  test(`${version}: a server that forgot its sessions shakes hands anew`, async (t) => {
    const server = await served(t, { certificate, ...speaking(version) });
    const host = newHost();
    assert.equal(await resumed(server, base(), host), false);
    // The keys of its tickets are others.
    server.server.setTicketKeys(Buffer.alloc(48, 1));
    assert.equal(await resumed(server, base(), host), false);
    assert.equal(await resumed(server, base(), host), true);
  });
}

test('servers on several ports of a host have sessions of their own', async (t) => {
  const host = newHost();
  const servers = [];
  for (const version of VERSIONS) servers.push(await served(t, { certificate, ...speaking(version) }));
  const seen = [];
  for (const server of [...servers, ...servers]) seen.push(await resumed(server, trust(root()), host));
  assert.deepEqual(seen, [false, false, true, true]);
});

for (const [group, hellos] of /** @type {const} */ ([
  ['X25519', 1],
  ['P-256', 2],
])) {
  test(`a server that only has ${group} gets ${hellos} ClientHello`, async (t) => {
    const server = await served(t, { certificate, ...speaking('TLSv1.3'), ecdhCurve: group });
    const proxy = await running(t, () => startTamperer(server.port));
    const socket = await opened(proxy, trust(root()), { host: newHost() });
    assert.equal(await echoed(socket, 'hello'), 'hello');
    const sent = proxy.seen[0].fields['to server'];
    assert.equal(sent.filter((field) => field === 'type of handshake').length, hellos);
    await shut(socket);
  });
}
