// What is known of a TLS connection: `connectionOf(socket).tls`, and the key log.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import nodeTls from 'node:tls';
import { connectionOf, tcp, WebSocket } from 'websocket-wasm';
import { startEcho } from '../../scripts/servers.js';
import { moduleArgs, runNode } from '../support/process.js';
import { startTls } from '../support/tls/server.js';
import { next, open, shut } from './support/sockets.js';
import { ca, certificate, connect, identity, intermediate } from './support/tls.js';

let echo;
before(async () => {
  echo = await startTls(identity);
});
after(() => echo.close());

const url = () => `wss://localhost:${echo.port}/`;

/** The facts of the certificates as Node reads them. */
function certificateFacts() {
  const leaf = new X509Certificate(certificate.der);
  return {
    certificate: {
      subject: leaf.subject,
      issuer: leaf.issuer,
      validFrom: new Date(leaf.validFrom),
      validTo: new Date(leaf.validTo),
      fingerprint256: leaf.fingerprint256,
    },
    certificates: [certificate.der, intermediate.der].map((der) => Buffer.from(der)),
  };
}

/** Facts with the certificates as Buffers. */
const comparable = (facts) => ({ ...facts, certificates: facts.certificates.map((der) => Buffer.from(der)) });

test('the facts are those of the server', async () => {
  const { link, peer } = await connect();
  assert.equal(link.secure, true);
  assert.deepEqual(comparable(link.tls), {
    protocol: peer.getProtocol(),
    cipherSuite: peer.getCipher().standardName,
    group: 'X25519',
    resumed: false,
    alpnProtocol: 'http/1.1',
    ...certificateFacts(),
  });
  link.destroy();
});

test("the facts of the platform's own TLS have the same form", async () => {
  const { connect } = nodeTls;
  // There is no other way to give Node an authority at run time.
  nodeTls.connect = (options) => connect({ ...options, ca });
  let socket;
  try {
    socket = await open(url(), { transport: tcp });
  } finally {
    nodeTls.connect = connect;
  }
  const [peer] = echo.connections.slice(-1);
  assert.deepEqual(comparable(connectionOf(socket).tls), {
    protocol: peer.getProtocol(),
    cipherSuite: peer.getCipher().standardName,
    group: 'X25519',
    resumed: false,
    alpnProtocol: 'http/1.1',
    ...certificateFacts(),
  });
  await shut(socket);
});

test("a socket's facts are there from open on, and stay", async () => {
  const socket = new WebSocket(url(), { tls: { ca } });
  assert.equal(connectionOf(socket).tls, undefined);
  await next(socket, 'open');
  const facts = connectionOf(socket).tls;
  assert.equal(facts.certificate.issuer, 'CN=Intermediate');
  await shut(socket);
  assert.equal(connectionOf(socket).tls, facts);
});

test('facts of a transport of your own are passed on, for wss: only', async (t) => {
  const plain = await startEcho();
  t.after(() => plain.close());
  const facts = /** @type {any} */ ({ protocol: 'my own' });
  const transport = async (target) => {
    const link = await tcp({ ...target, secure: false });
    const methods = ['open', 'write', 'pause', 'resume', 'end', 'destroy'].map((name) => [name, link[name].bind(link)]);
    return /** @type {any} */ ({ ...Object.fromEntries(methods), secure: true, tls: facts });
  };
  for (const [scheme, expected] of [
    ['wss', facts],
    ['ws', undefined],
  ]) {
    const socket = await open(`${scheme}://127.0.0.1:${plain.port}/`, { transport });
    assert.equal(connectionOf(socket).tls, expected);
    await shut(socket);
  }
});

test('a session is resumed by a connection with the same options, and by no other', async () => {
  const resumed = async (options) => {
    const socket = await open(url(), { tls: options });
    const { resumed } = connectionOf(socket).tls;
    await shut(socket);
    return resumed;
  };
  const options = { ca: [ca, ca] };
  assert.deepEqual([await resumed(options), await resumed(options)], [false, true]);
  assert.equal(await resumed({ ...options, pins: [certificate.spkiSha256] }), false);
  assert.equal(await resumed({ ca: [ca, ca, ca] }), false);
  assert.equal(await resumed({ ...options, keylog: () => {} }), false);
  assert.equal(await resumed(options), true);
});

test('sessions of another port of the host are not mixed up', async (t) => {
  const older = await startTls({ ...identity, maxVersion: 'TLSv1.2' });
  t.after(() => older.close());
  // With one store for both, a ticket of TLS 1.3 would be offered in place of the session of TLS 1.2.
  const options = { ca: [ca, ca, ca, ca] };
  await shut(await open(url(), { tls: options }));
  const resumed = [];
  for (let i = 0; i < 2; i += 1) {
    const socket = await open(`wss://localhost:${older.port}/`, { tls: options });
    const { tls } = connectionOf(socket);
    resumed.push([tls.protocol, tls.resumed]);
    await shut(socket);
  }
  assert.deepEqual(resumed, [
    ['TLSv1.2', false],
    ['TLSv1.2', true],
  ]);
});

test('the key log has lines that the server logs', async () => {
  const before = echo.keylog.length;
  const lines = [];
  await shut(await open(url(), { tls: { ca, keylog: (line) => lines.push(line) } }));
  const theirs = echo.keylog.slice(before).map((line) => line.trim());
  assert.ok(lines.length >= 4, `${lines.length} lines`);
  assert.deepEqual(
    lines.filter((line) => !theirs.includes(line)),
    [],
  );
});

test('exceptions of keylog are reported, and do not disturb the connection', async () => {
  const { status, output } = await runNode(
    moduleArgs(`
      import { WebSocket } from 'websocket-wasm';

      const errors = [];
      process.on('uncaughtException', ({ message }) => errors.push(message));
      const keylog = (line) => {
        throw new Error(line.split(' ')[0]);
      };
      const socket = new WebSocket(${JSON.stringify(url())}, { tls: { ca: ${JSON.stringify(ca)}, keylog } });
      socket.onopen = () => socket.send('hello');
      socket.onmessage = ({ data }) => {
        console.log(data, errors.includes('CLIENT_TRAFFIC_SECRET_0'));
        socket.close();
      };
    `),
    import.meta.dirname,
  );
  assert.deepEqual([status, output], [0, 'hello true\n']);
});
