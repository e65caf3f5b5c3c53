// Options of TLS: of tls() and wisp(), and the option `tls` of one socket.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { connectionOf, native, tcp, tls, WebSocket, wisp } from 'websocket-wasm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { createAuthority } from '../../scripts/certificates.js';
import { startEcho } from '../../scripts/servers.js';
import { startTls } from '../support/tls/server.js';
import { open, shut, story } from './support/sockets.js';

const authority = createAuthority({ name: 'Authority' });
const stranger = createAuthority({ name: 'Stranger' });
const certificate = authority.issue({ names: ['localhost'] });
const ca = authority.certPem;

let server;
let plain;
before(async () => {
  server = await startTls({ certificate });
  plain = await startEcho();
});
after(async () => {
  await server.close();
  await plain.close();
});

const url = () => `wss://localhost:${server.port}/`;

/** Everything that takes the options. */
const takers = {
  'tls()': (options) => tls(tcp, options),
  'wisp()': (options) => wisp('ws://relay.test/', { WebSocket: globalThis.WebSocket ?? WebSocket, tls: options }),
  'a socket': (options) => new WebSocket('wss://localhost:1/', { tls: options }),
  'a stream': (options) => new WebSocketStream('wss://localhost:1/', { tls: options }),
};

/** PKCS#8 (PEM) of a new key. */
function keyOf(type, options, encoding = {}) {
  const { privateKey } = generateKeyPairSync(/** @type {any} */ (type), options);
  return /** @type {any} */ (privateKey).export({ type: 'pkcs8', format: 'pem', ...encoding });
}

const { certPem: cert, keyPem: key } = certificate;
const cut = ca.slice(0, ca.length / 2);

for (const [what, options, message] of [
  ['a string', 'ca', /must be an object, not string/],
  ['a number', 1, /must be an object, not number/],
  ['ca: a number', { ca: 1 }, /'ca' must be .*not number/],
  ['ca: null', { ca: null }, /'ca' must be .*not null/],
  ['ca: an empty list', { ca: [] }, /'ca' must be certificates as PEM or DER/],
  ['ca: no PEM', { ca: 'no PEM' }, /'ca' must be certificates as PEM or DER/],
  ['ca: PEM without an end', { ca: cut }, /'ca' must be certificates as PEM or DER/],
  ['ca: PEM that is no base64', { ca: ca.replace(/\n/, '\n!') }, /'ca' must be certificates as PEM or DER/],
  ['ca: a key', { ca: key }, /'ca' must be certificates as PEM or DER/],
  ['ca: one good, one bad', { ca: [ca, cut] }, /'ca' must be certificates as PEM or DER/],
  ['ca: bytes that are no DER', { ca: Uint8Array.of(1, 2, 3) }, /'ca' must be certificates as PEM or DER/],
  ['ca: DER that is cut', { ca: authority.der.subarray(0, 100) }, /'ca' must be certificates as PEM or DER/],
  ['ca: shared memory', { ca: new SharedArrayBuffer(8) }, /'ca' must be a string, bytes, or an iterable.*not object/],
  ['ca: a list of numbers', { ca: [1] }, /'ca' must be a string, bytes, or an iterable of these, not number/],
  ['cert without key', { cert }, /'cert' and 'key' need each other/],
  ['key without cert', { key }, /'cert' and 'key' need each other/],
  ['key: a number', { cert, key: 1 }, /'key' must be a P-256 or Ed25519 key .*not number/],
  ['key: two keys', { cert, key: key + key }, /'key' must be a P-256 or Ed25519 key/],
  ['key: a certificate', { cert, key: cert }, /'key' must be a P-256 or Ed25519 key/],
  ['key: RSA', { cert, key: keyOf('rsa', { modulusLength: 2048 }) }, /'key' must be .*not an RSA key/],
  [
    'key: RSA in PKCS#1',
    { cert, key: keyOf('rsa', { modulusLength: 2048 }, { type: 'pkcs1' }) },
    /'key' must be .*not an RSA key/,
  ],
  ['key: P-384', { cert, key: keyOf('ec', { namedCurve: 'P-384' }) }, /'key' must be a P-256 or Ed25519 key/],
  [
    'key: encrypted',
    { cert, key: keyOf('ec', { namedCurve: 'P-256' }, { cipher: 'aes-128-cbc', passphrase: 'secret' }) },
    /'key' must be .*an encrypted one/,
  ],
  [
    'key: encrypted in SEC1',
    { cert, key: keyOf('ec', { namedCurve: 'P-256' }, { type: 'sec1', cipher: 'aes-128-cbc', passphrase: 'secret' }) },
    /'key' must be .*an encrypted one/,
  ],
  ['keylog: a string', { keylog: 'file' }, /'keylog' must be a function, not string/],
  ['pins: an empty list', { pins: [] }, /'pins' has no pin/],
  ['pins: 31 bytes', { pins: [new Uint8Array(31)] }, /'pins' must be SHA-256 hashes: number 1/],
  ['pins: no base64', { pins: [certificate.spkiSha256, '???'] }, /'pins' must be SHA-256 hashes: number 2/],
  ['pins: hexadecimal', { pins: ['ab'.repeat(32)] }, /'pins' must be SHA-256 hashes/],
  ['pins: SHA-1', { pins: [`sha1/${certificate.spkiSha256}`] }, /'pins' must be SHA-256 hashes/],
  ['pins: a number', { pins: 1 }, /'pins' must be a string, bytes, or an iterable of these, not number/],
  ['servername: a number', { servername: 1 }, /'servername' must be a string, not number/],
  ['servername: empty', { servername: '' }, /'servername' must be a host name or an address, not ''/],
  ['servername: a URL', { servername: 'https://a.test/' }, /'servername' must be a host name or an address/],
  ['servername: with a port', { servername: 'a.test:443' }, /'servername' must be a host name or an address/],
  ['servername: with a space', { servername: 'a b' }, /'servername' must be a host name or an address/],
]) {
  test(`${what} is a TypeError at once`, () => {
    for (const [name, take] of Object.entries(takers)) {
      assert.throws(() => take(options), { name: 'TypeError', message }, name);
    }
  });
}

test('no message contains a byte of the key', () => {
  const wrong = keyOf('ec', { namedCurve: 'P-384' });
  const [line] = wrong.split('\n').slice(1);
  const der = Buffer.from(wrong.replace(/-.*-/g, ''), 'base64');
  for (const value of [wrong, der, [wrong], new String(wrong)]) {
    assert.throws(
      () => tls(tcp, { cert, key: value }),
      (error) => error instanceof TypeError && !error.message.includes(line) && error.message.length < 150,
    );
  }
});

test('every form of certificates, keys and pins is taken', async () => {
  const sec1 = certificate.key.export({ type: 'sec1', format: 'der' });
  const ed25519 = stranger.issue({ keyType: 'Ed25519', usages: ['clientAuth'] });
  const { der, certPem: pem } = authority;
  const pin = certificate.spkiSha256;
  const forms = {
    'ca: PEM': { ca: pem },
    'ca: PEM between other text': { ca: `the authority\r\n${pem.replaceAll('\n', '\r\n')}\r\nand its end` },
    'ca: PEM of several': { ca: stranger.certPem + pem },
    'ca: a list of PEM': { ca: [stranger.certPem, pem] },
    'ca: PEM beside a key': { ca: key + pem },
    'ca: bytes of PEM': { ca: new TextEncoder().encode(pem) },
    'ca: DER': { ca: der },
    'ca: DER in an ArrayBuffer': { ca: der.slice().buffer },
    'ca: DER in a view': { ca: new DataView(der.slice().buffer) },
    'ca: PEM and DER, by a generator': { ca: [stranger.der, pem].values() },
    'key: PKCS#8': { ca, cert, key },
    'key: SEC1 in DER': { ca, cert: [certificate.der], key: sec1 },
    'key: SEC1 in PEM': { ca, cert, key: certificate.key.export({ type: 'sec1', format: 'pem' }) },
    'key: Ed25519': { ca, cert: ed25519.certPem + stranger.certPem, key: ed25519.keyPem },
    'pins: base64': { ca, pins: [pin] },
    'pins: with its prefix': { ca, pins: [`sha256/${pin}`] },
    'pins: bytes': { ca, pins: [Buffer.from(pin, 'base64')] },
    'pins: a single one': { ca, pins: pin },
    'pins: one of them': { ca, pins: new Set([stranger.spkiSha256, pin]) },
    'servername: a name': { ca, servername: 'LOCALHOST' },
    'null, and undefined members': { ca, pins: undefined, servername: undefined },
  };
  for (const [name, options] of Object.entries(forms)) {
    const socket = await open(url(), { tls: options }).catch((error) => assert.fail(`${name}: ${error}`));
    await shut(socket);
  }
});

test('members are read once each, in the order of Web IDL', () => {
  const read = [];
  const options = new Proxy(
    { ca, cert, key, pins: [certificate.spkiSha256], servername: 'localhost', keylog: () => {} },
    {
      get(target, name) {
        read.push(name);
        return target[name];
      },
    },
  );
  tls(tcp, options);
  assert.deepEqual(read, ['ca', 'cert', 'key', 'keylog', 'pins', 'servername']);
});

test('options are copied when they are passed', async () => {
  const der = authority.der.slice();
  const list = [der];
  const transport = tls(tcp, { ca: list });
  der.fill(0);
  list.length = 0;
  const socket = await open(url(), { transport });
  await shut(socket);
});

test('members of Object.prototype are no options', async () => {
  const transport = tls(tcp);
  const withOption = { transport, tls: null };
  Object.defineProperty(Object.prototype, 'ca', { value: [authority.der], configurable: true });
  try {
    for (const options of [{ transport }, withOption, { transport: tls(tcp) }]) {
      const { failure } = await story(url(), options);
      assert.equal(failure.code, 'tls-certificate-unknown-issuer');
    }
  } finally {
    Reflect.deleteProperty(Object.prototype, 'ca');
  }
});

test('options that only the module can check fail the connection', async () => {
  const other = stranger.issue({ usages: ['clientAuth'] });
  const { failure } = await story(url(), { tls: { ca, cert: other.certPem, key } });
  assert.equal(failure.code, 'tls-invalid-options');
  assert.match(failure.message, /^the TLS options aren't valid: key/);
  const broken = authority.der.slice();
  broken.fill(0, 4);
  assert.equal((await story(url(), { tls: { ca: broken } })).failure.code, 'tls-invalid-options');
});

test("a socket's option goes over that of its transport, member by member", async () => {
  const transport = tls(tcp, { ca, servername: 'wrong.test' });
  const own = await open(url(), { transport, tls: { servername: 'localhost' } });
  assert.equal(connectionOf(own).tls.certificate.subject, 'CN=localhost');
  await shut(own);
  const { failure } = await story(url(), { transport });
  assert.equal(failure.code, 'tls-certificate-wrong-host');
  assert.match(failure.message, /^the certificate isn't for wrong\.test but for .*localhost/);
  const ofStranger = { transport, tls: { ca: stranger.certPem, servername: 'localhost' } };
  assert.equal((await story(url(), ofStranger)).failure.code, 'tls-certificate-unknown-issuer');
});

test("over tcp, a socket with the option has the package's TLS, and others the platform's", async () => {
  const socket = await open(url(), { tls: { ca } });
  assert.equal(connectionOf(socket).tls.cipherSuite, 'TLS_CHACHA20_POLY1305_SHA256');
  await shut(socket);
  const { failure } = await story(url());
  assert.equal(failure.code, 'tls-certificate-unknown-issuer');
  assert.equal(failure.cause.code, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
});

test('a transport that has no TLS of the package does not take the option', () => {
  const own = (target) => tcp(target);
  const message = /doesn't take the option 'tls': wrap it by tls\(\)/;
  assert.throws(() => new WebSocket(url(), { transport: own, tls: { ca } }), { name: 'TypeError', message });
  const overNative = /the transport 'native' can't honour tls/;
  for (const options of [{ ca }, {}, 1]) {
    assert.throws(() => new WebSocket(url(), { transport: native, tls: /** @type {any} */ (options) }), {
      name: 'TypeError',
      message: overNative,
    });
  }
  assert.throws(() => tls(native), { name: 'TypeError', message: /can't wrap 'native'/ });
  for (const value of [undefined, {}, 'tcp']) assert.throws(() => tls(/** @type {any} */ (value)), TypeError);
});

test('the option needs a wss: URL, and is checked after the URL', () => {
  for (const scheme of ['ws', 'http']) {
    assert.throws(() => new WebSocket(`${scheme}://localhost/`, { tls: { ca } }), {
      name: 'TypeError',
      message: /the option 'tls' needs a URL with the scheme 'wss'/,
    });
  }
  assert.throws(() => new WebSocket('ftp://localhost/', { tls: { ca } }), { name: 'SyntaxError' });
  assert.throws(() => new WebSocketStream('ws://localhost/', { tls: { ca } }), { name: 'TypeError' });
});

test('ws: passes through tls(), and has no facts', async () => {
  const targets = [];
  const transport = tls(
    (target) => {
      targets.push(target);
      return tcp(target);
    },
    { ca },
  );
  const socket = await open(plain.url, { transport });
  assert.equal(connectionOf(socket).tls, undefined);
  await shut(socket);
  const encrypted = await open(url(), { transport });
  await shut(encrypted);
  assert.deepEqual(
    targets.map(({ hostname, port, secure, url }) => ({ hostname, port, secure, url })),
    [
      { hostname: '127.0.0.1', port: plain.port, secure: false, url: plain.url },
      { hostname: 'localhost', port: server.port, secure: false, url: url() },
    ],
  );
});

test('sockets with the option wait for each other, as those without it do', async () => {
  const attempts = [];
  const transport = tls(() => new Promise((_, reject) => attempts.push(() => reject(new Error('refused')))));
  const sockets = [{}, { ca }, undefined].map((options) => new WebSocket(url(), { transport, tls: options }));
  const closed = sockets.map((socket) => new Promise((resolve) => socket.addEventListener('close', resolve)));
  for (const [index, close] of closed.entries()) {
    await turn();
    assert.equal(attempts.length, index + 1);
    attempts[index]();
    await close;
  }
});
