// The options of tcp() in Node, Deno and Bun: what each can, and how it refuses what it can't.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { startEcho } from '../../scripts/servers.js';
import { startHttpProxy, startSocksProxy } from '../support/servers/proxies.js';
import { startUnixEcho } from '../support/servers/unix.js';
import { pfxOf } from '../support/tls/pfx.js';
import { localhost, root, stranger } from '../support/tls/pki.js';
import { startTls } from '../support/tls/server.js';
import { output, RUNTIMES } from './support/runtimes.js';
import { started } from './support/started.js';

const ca = root().certPem;
const client = root().issue({ name: 'Alice', usages: ['clientAuth'] });
const passphrase = 'correct horse';
const credentials = { username: 'al@ice', password: 'p:ss/wörd' };

/** A case: its options and URL, and the failure's code, or what is thrown; undefined if it connects. */
let cases;
before(async () => {
  const plain = await started(startEcho());
  const secure = await started(startEcho({ certificate: localhost() }));
  const members = await started(
    startTls({ certificate: localhost(), requestCert: true, rejectUnauthorized: true, ca, ALPNProtocols: ['chat/1'] }),
  );
  const { path } = await started(startUnixEcho());
  const http = await started(startHttpProxy());
  const locked = await started(startHttpProxy({ credentials }));
  const https = await started(startHttpProxy({ certificate: localhost() }));
  const socks = await started(startSocksProxy());
  const lockedSocks = await started(startSocksProxy({ credentials }));

  const ws = `ws://127.0.0.1:${plain.port}/`;
  const wss = `wss://localhost:${secure.port}/`;
  const member = `wss://127.0.0.1:${members.port}/`;
  const { certPem: cert, keyPem: key } = client;
  const encrypted = client.key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase });
  const pfx = (await pfxOf(client, passphrase)).toString('base64');
  const member1 = { ca, ALPNProtocols: ['chat/1'] };
  const proxies = {
    http: http.url,
    'http with a password': locked.withCredentials,
    https: { url: https.url, ca },
    socks5h: socks.url,
    'socks5h with a password': lockedSocks.withCredentials,
    socks5: socks.url.replace('socks5h', 'socks5'),
  };
  cases = {
    'no options': [{}, ws],
    ca: [{ ca }, wss],
    'another ca': [{ ca: stranger().certPem }, wss, 'tls-certificate-unknown-issuer'],
    'no verification': [{ rejectUnauthorized: false }, wss],
    'another servername': [{ ca, servername: 'other.test' }, wss, 'tls-certificate-wrong-host'],
    'a certificate and its key': [{ ...member1, cert, key }, member],
    'an encrypted key': [{ ...member1, cert, key: encrypted, passphrase }, member],
    'a key with a wrong passphrase': [{ ...member1, cert, key: encrypted, passphrase: 'x' }, member, 'TypeError'],
    pfx: [{ ...member1, pfx, passphrase }, member, { deno: 'TypeError' }],
    'no certificate': [member1, member, 'tls-failed'],
    'another protocol': [{ ca, cert, key, ALPNProtocols: ['chat/2'] }, member, 'tls-failed'],
    'no protocol': [{ ca, cert, key, ALPNProtocols: [] }, member],
    'a family': [{ family: 4 }, ws.replace('127.0.0.1', 'localhost')],
    'an address': [{ localAddress: '127.0.0.1' }, ws],
    'a time': [{ timeout: 5_000 }, ws],
    'a unix socket': [{ path }, 'ws://app.test/'],
    'no unix socket': [{ path: `${path}.none` }, 'ws://app.test/', 'connect-failed'],
    'an unknown option': [{ agent: 1 }, ws, 'TypeError'],
    'a locked proxy': [{ proxy: locked.url }, ws, 'proxy-refused'],
    'a locked SOCKS proxy': [{ proxy: lockedSocks.url }, ws, 'proxy-refused'],
    'no proxy there': [{ proxy: 'http://127.0.0.1:1' }, ws, 'proxy-unreachable'],
    "an https: proxy that isn't trusted": [{ proxy: https.url }, ws, 'proxy-unreachable'],
  };
  for (const [kind, proxy] of Object.entries(proxies)) {
    cases[`ws: through ${kind}`] = [{ proxy }, ws];
    cases[`wss: through ${kind}`] = [{ proxy, ca }, wss];
    cases[`wss: through ${kind} without its ca`] = [{ proxy }, wss, 'tls-certificate-unknown-issuer'];
  }
});

for (const [runtime, command] of Object.entries(RUNTIMES)) {
  test(`${runtime}: each option has its effect`, async () => {
    const all = /** @type {[string, any[]][]} */ (Object.entries(cases));
    const input = all.map(([, [options, url]]) => ({ options, url }));
    const outcomes = await output(command, 'runtime-connects.js', input);
    all.forEach(([name, [, url, result]], at) => {
      const { code, echoed, failure, thrown, message, protocol } = outcomes[at];
      const expected = typeof result === 'object' ? result[runtime] : result;
      assert.equal(failure ?? thrown, expected, `${name}: ${message}`);
      if (expected !== undefined) return;
      assert.deepEqual([code, echoed], [1000, ['hello', 200_000]], name);
      assert.equal(protocol, url.startsWith('wss:') ? 'TLSv1.3' : undefined, name);
    });
  });
}
