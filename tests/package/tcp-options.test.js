// The options of tcp(): which are refused, and what the others do.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { tcp, tls, WebSocket } from 'websocket-wasm';
import { createAuthority } from '../../scripts/certificates.js';
import { listen, startEcho } from '../../scripts/servers.js';
import { crlOf } from '../support/tls/crl.js';
import { pfxOf } from '../support/tls/pfx.js';
import { localhost, root, stranger } from '../support/tls/pki.js';
import { startTls } from '../support/tls/server.js';
import { echoed, FAILED, open, pause, shut, story, until } from './support/sockets.js';

const SECRET = 'correct horse';
const ca = root().certPem;
const { certPem, keyPem, key: privateKey } = createAuthority({ name: 'Clients' });

/** Options that are refused, and what the message must say. @type {[any, RegExp][]} */
const REFUSED = [
  [null, /options, not null/],
  ['http://proxy.example/', /not 'http:\/\/proxy\.example\/'/],
  [{ agent: {} }, /no option 'agent'/],
  [{ rejectUnauthorised: false }, /no option 'rejectUnauthorised'/],
  [{ family: 5 }, /'family'.* 0, 4 or 6, not 5/],
  [{ family: '4' }, /'family'.*not '4'/],
  [{ localAddress: 'localhost' }, /'localAddress'.*not 'localhost'/],
  [{ lookup: '127.0.0.1' }, /'lookup'.*function, not '127\.0\.0\.1'/],
  [{ path: '' }, /'path'.*not ''/],
  [{ path: 'a\0b' }, /'path'/],
  [{ path: 7 }, /'path'.*not 7/],
  [{ path: '/run/a.sock', proxy: 'http://proxy.example/' }, /'path'.*'proxy'/],
  [{ path: '/run/a.sock', localAddress: '127.0.0.1' }, /'path'.*'localAddress'/],
  [{ timeout: 0 }, /'timeout'.*not 0/],
  [{ timeout: Number.NaN }, /'timeout'.*not NaN/],
  [{ timeout: '1000' }, /'timeout'.*not '1000'/],
  [{ rejectUnauthorized: 0 }, /'rejectUnauthorized'.*not 0/],
  [{ servername: '' }, /'servername'.*not ''/],
  [{ servername: '127.0.0.1' }, /'servername'.*not '127\.0\.0\.1'/],
  [{ servername: 'a b' }, /'servername'.*not 'a b'/],
  [{ ALPNProtocols: 'http/1.1' }, /'ALPNProtocols'.*array.*not 'http\/1\.1'/],
  [{ ALPNProtocols: [''] }, /'ALPNProtocols'.*not ''/],
  [{ ca: 7 }, /'ca'.*not number/],
  [{ ca: [] }, /'ca'.*empty/],
  [{ ca: 'no certificate' }, /'ca'.*no certificate/],
  [{ ca: [ca, 'no certificate'] }, /'ca'.*no certificate/],
  [{ crl: 7 }, /'crl'.*not number/],
  [{ crl: [] }, /'crl'.*empty/],
  [{ crl: certPem }, /'crl'.*no list of revoked certificates/],
  [{ crl: [crlOf(root(), []).replace('END', '')] }, /'crl'.*no list of revoked certificates/],
  [{ crl: `${crlOf(root(), [])}-----BEGIN X509 CRL-----` }, /'crl'.*no list of revoked certificates/],
  [{ cert: certPem }, /'cert' and 'key'/],
  [{ key: keyPem }, /'cert' and 'key'/],
  [{ cert: 'no certificate', key: keyPem }, /'cert'.*no certificate/],
  [{ cert: certPem, key: `${SECRET}` }, /'key'.*no private key/],
  [{ cert: certPem, key: { pem: SECRET } }, /'key'.*not object/],
  [{ cert: root().certPem, key: keyPem }, /'key'.*'cert'/],
  [{ passphrase: SECRET }, /'passphrase'.*'key' or 'pfx'/],
  [{ cert: certPem, key: keyPem, passphrase: 7 }, /'passphrase'.*not number/],
  [{ pfx: new TextEncoder().encode(SECRET) }, /'pfx'/],
  [{ pfx: SECRET }, /'pfx'.*bytes, not string/],
  [{ proxy: true }, /'proxy'.*not boolean/],
  [{ proxy: null }, /'proxy'.*not null/],
  [{ proxy: {} }, /'proxy'.*not object/],
  [{ proxy: `${SECRET}` }, /'proxy'.*isn't a URL/],
  [{ proxy: `proxy.example:${SECRET.length}` }, /'proxy'.*'http', 'https', 'socks5' or 'socks5h'\.?$/],
  // Not what stands in front of the colon: it may be a user's name.
  [{ proxy: `${encodeURIComponent(SECRET).replaceAll('%20', '-')}:@proxy.example:8080` }, /^(?!.*correct).*'proxy'/],
  [{ proxy: `ftp://user:${encodeURIComponent(SECRET)}@proxy.example/` }, /'proxy'.*not 'ftp'/],
  [{ proxy: `socks4://proxy.example/` }, /'proxy'.*not 'socks4'/],
  [{ proxy: 'socks5://' }, /'proxy'.*host/],
  [{ proxy: 'socks5://a%20b/' }, /'proxy'.*host/],
  [{ proxy: 'http://a%3Ab:c@proxy.example/' }, /'proxy'.*colon/],
  [{ proxy: 'http://a:%0A@proxy.example/' }, /'proxy'.*control/],
  [{ proxy: 'http://a:%E0@proxy.example/' }, /'proxy'.*percent-encoded/],
  [{ proxy: `socks5://a:${'x'.repeat(256)}@proxy.example/` }, /'proxy'.*255/],
  [{ proxy: 'socks5://a@proxy.example/' }, /'proxy'.*1 to 255/],
  [{ proxy: { url: 'http://proxy.example/', ca } }, /'proxy'.*https: for 'ca'/],
  [{ proxy: { url: 'https://proxy.example/', agent: {} } }, /'proxy'.*'agent'/],
  [{ proxy: { url: 'https://proxy.example/', ca: 'no certificate' } }, /'ca'/],
];
for (const [options, message] of REFUSED) {
  const name = JSON.stringify(options, (_, value) => (typeof value === 'string' ? value.slice(0, 40) : value));
  test(`tcp(${name}) is a TypeError`, () => {
    assert.throws(
      () => tcp(options),
      (/** @type {any} */ error) => {
        assert.equal(error.constructor, TypeError);
        assert.match(error.message, message);
        for (const secret of [SECRET, encodeURIComponent(SECRET), keyPem]) assert.ok(!error.message.includes(secret));
        return true;
      },
    );
  });
}

test('an encrypted key needs its passphrase, which no message has', async () => {
  const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: SECRET });
  const pfx = await pfxOf(root(), SECRET);
  for (const options of [{ cert: certPem, key: encrypted }, { pfx }]) {
    tcp({ ...options, passphrase: SECRET });
    for (const passphrase of [undefined, 'another']) {
      assert.throws(() => tcp({ ...options, passphrase }), { name: 'TypeError', message: /passphrase decrypts\.$/ });
    }
  }
});

test('tcp without options, or with empty ones, is a transport like tcp itself', async (t) => {
  const echo = await startEcho();
  t.after(() => echo.close());
  for (const transport of [tcp, tcp({}), tcp(), tcp({ ca: undefined, path: undefined })]) {
    const socket = await open(echo.url, { transport });
    assert.equal(await echoed(socket, 'hello'), 'hello');
    await shut(socket);
  }
});

/** A TLS server that lives as long as the test. */
async function served(t, options) {
  const server = await startTls({ certificate: localhost(), ...options });
  t.after(() => server.close());
  return server;
}

const urlOf = ({ port }, host = '127.0.0.1') => `wss://${host}:${port}/`;

const AUTHORITIES = {
  text: ca,
  bytes: new TextEncoder().encode(ca),
  'an ArrayBuffer': Uint8Array.from(Buffer.from(ca)).buffer,
  'an array': [stranger().certPem, Buffer.from(ca)],
};
for (const [what, value] of Object.entries(AUTHORITIES)) {
  test(`ca as ${what} replaces the platform's authorities`, async (t) => {
    const server = await served(t);
    const socket = await open(urlOf(server), { transport: tcp({ ca: value }) });
    assert.equal(await echoed(socket, 'hello'), 'hello');
    await shut(socket);
  });
}

test('without the right authority a server is refused, unless rejectUnauthorized is false', async (t) => {
  const server = await served(t);
  for (const options of [{}, { ca: stranger().certPem }, { rejectUnauthorized: true }]) {
    const { failure, ...rest } = await story(urlOf(server), { transport: tcp(options) });
    assert.deepEqual(rest, FAILED);
    assert.equal(failure.code, 'tls-certificate-unknown-issuer');
  }
  await shut(await open(urlOf(server), { transport: tcp({ rejectUnauthorized: false }) }));
});

test('servername is verified, and sent as SNI', async (t) => {
  const server = await served(t);
  await shut(await open(urlOf(server), { transport: tcp({ ca, servername: 'localhost' }) }));
  assert.equal(server.connections.at(-1)?.servername, 'localhost');
  const { failure } = await story(urlOf(server), { transport: tcp({ ca, servername: 'other.test' }) });
  assert.equal(failure.code, 'tls-certificate-wrong-host');
});

test('ALPNProtocols are offered', async (t) => {
  const server = await served(t, { ALPNProtocols: ['chat/1'] });
  const socket = await open(urlOf(server), { transport: tcp({ ca, ALPNProtocols: ['other/1', 'chat/1'] }) });
  assert.equal(server.connections.at(-1)?.alpnProtocol, 'chat/1');
  await shut(socket);
  await shut(await open(urlOf(server), { transport: tcp({ ca, ALPNProtocols: [] }) }));
  assert.equal(server.connections.at(-1)?.alpnProtocol, false);
  const { failure } = await story(urlOf(server), { transport: tcp({ ca }) });
  assert.equal(failure.code, 'tls-failed');
});

test("a client's certificate is sent, from each form", async (t) => {
  const client = root().issue({ name: 'Alice', usages: ['clientAuth'] });
  const server = await served(t, { requestCert: true, rejectUnauthorized: true, ca });
  /** @type {any} */
  const encrypted = { type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: SECRET };
  /** @type {any[]} */
  const forms = [
    { cert: client.certPem, key: client.keyPem },
    { cert: Buffer.from(client.certPem), key: new TextEncoder().encode(client.keyPem) },
    { cert: client.certPem, key: client.key.export(encrypted), passphrase: SECRET },
    { pfx: await pfxOf(client, SECRET), passphrase: SECRET },
  ];
  for (const form of forms) {
    const socket = await open(urlOf(server), { transport: tcp({ ca, ...form }) });
    const sent = server.connections.at(-1)?.getPeerX509Certificate()?.raw;
    assert.ok(sent?.equals(client.der));
    await shut(socket);
  }
  const { failure } = await story(urlOf(server), { transport: tcp({ ca }) });
  assert.equal(failure.code, 'tls-failed');
});

test('bytes of options are copied at the call', async (t) => {
  const server = await served(t);
  const bytes = new TextEncoder().encode(ca);
  const transport = tcp({ ca: bytes });
  bytes.fill(0);
  await shut(await open(urlOf(server), { transport }));
});

test('lookup resolves names, with the family', async (t) => {
  const echo = await startEcho();
  t.after(() => echo.close());
  const asked = [];
  const lookup = (hostname, { all, family }, callback) => {
    asked.push([hostname, family]);
    if (all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  };
  await shut(await open(`ws://nowhere.test:${echo.port}/`, { transport: tcp({ lookup, family: 4 }) }));
  assert.deepEqual(asked, [['nowhere.test', 4]]);

  const failing = (_hostname, _options, callback) => callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
  const { failure } = await story(`ws://nowhere.test:${echo.port}/`, { transport: tcp({ lookup: failing }) });
  assert.equal(failure.code, 'host-not-found');

  // Errors that aren't Errors.
  for (const error of ['boom', 7, {}, Object.create(null)]) {
    const odd = (_hostname, _options, callback) => callback(error);
    const { failure } = await story(`ws://nowhere.test:${echo.port}/`, { transport: tcp({ lookup: odd }) });
    assert.equal(failure.code, 'connect-failed');
  }
});

test('localAddress is where connections come from', async (t) => {
  const echo = await startEcho();
  t.after(() => echo.close());
  const from = new Promise((resolve) => {
    echo.sockets.on('connection', (_, request) => resolve(request.socket.remoteAddress));
  });
  // All of 127.0.0.0/8 is this machine, on Linux.
  const address = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
  await shut(await open(echo.url, { transport: tcp({ localAddress: address }) }));
  assert.equal(await from, address);
});

/** A server that accepts connections and says nothing. */
async function silent(t) {
  const sockets = [];
  const running = await listen(
    net.createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      sockets.push(socket);
    }),
  );
  t.after(() => running.close());
  return { ...running, sockets };
}

test('crl: a certificate that the list has is refused, another is accepted', async (t) => {
  const server = await startTls({ certificate: localhost() });
  t.after(() => server.close());
  const list = (revoked) => ({ transport: tcp({ ca, crl: crlOf(root(), revoked) }) });
  await shut(await open(urlOf(server), list([])));
  await shut(await open(urlOf(server), list([root().issue({ names: ['localhost'] })])));
  const { failure, ...rest } = await story(urlOf(server), list([localhost()]));
  assert.deepEqual(rest, FAILED);
  assert.equal(failure.code, 'tls-certificate-revoked');
  // Several lists in one text, or in one file, are all read.
  const text = (revoked) => `A comment\n${crlOf(stranger(), [])}${crlOf(root(), revoked)}`;
  await shut(await open(urlOf(server), { transport: tcp({ ca, crl: text([]) }) }));
  const file = tcp({ ca, crl: new TextEncoder().encode(text([localhost()])) });
  assert.equal((await story(urlOf(server), { transport: file })).failure.code, 'tls-certificate-revoked');
  // There must be a list of the authority.
  const others = tcp({ ca, crl: crlOf(stranger(), []) });
  assert.equal((await story(urlOf(server), { transport: others })).failure.code, 'tls-certificate-invalid');
});

test('timeout limits connecting, with TLS, and ends the attempt', async (t) => {
  const { port, sockets } = await silent(t);
  const { failure, ...rest } = await story(`wss://127.0.0.1:${port}/`, { transport: tcp({ timeout: 50 }) });
  assert.deepEqual(rest, FAILED);
  assert.equal(failure.code, 'connect-timeout');
  await until(() => sockets.length > 0 && sockets.every(({ readableEnded }) => readableEnded));
});

test('timeout has no effect on a connection that is open, and no timer stays', async (t) => {
  const echo = await startEcho();
  t.after(() => echo.close());
  const socket = await open(echo.url, { transport: tcp({ timeout: 1_000 }) });
  await pause(1_100);
  assert.equal(await echoed(socket, 'still here'), 'still here');
  await shut(socket);
});

test('an abort before the timeout is an abort', async (t) => {
  const { port } = await silent(t);
  const controller = new AbortController();
  const options = { transport: tcp({ timeout: 5_000 }), signal: controller.signal };
  setTimeout(() => controller.abort(), 20);
  const { failure } = await story(`wss://127.0.0.1:${port}/`, options);
  assert.equal(failure.code, 'aborted');
});

test("the option tls of a socket uses this package's TLS over tcp(), unless that has options of TLS", async (t) => {
  const server = await served(t);
  const socket = new WebSocket(urlOf(server), { transport: tcp({ timeout: 5_000 }), tls: { ca } });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  await shut(socket);
  for (const options of [{ ca }, { rejectUnauthorized: false }]) {
    const init = { transport: tcp(options), tls: { ca } };
    assert.throws(() => new WebSocket(urlOf(server), init), {
      name: 'TypeError',
      message: new RegExp(`'${Object.keys(options)[0]}'`),
    });
  }
  await shut(await open(urlOf(server), { transport: tls(tcp({ family: 4 }), { ca }) }));
});
