// examples/relay-node: which addresses are public, and the forms of targets.
import assert from 'node:assert/strict';
import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'node:test';
import { isPublic } from '../../examples/relay-node/addresses.js';
import { hostAndPort, Targets } from '../../examples/relay-node/targets.js';

const SETTINGS = { allowPrivate: false, connectTimeout: 1_000, idleTimeout: 1_000 };
const client = { takeSocket: () => () => {} };

test('addresses of this machine, of private networks and for special purposes are not public', () => {
  for (const address of [
    ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
    ...['172.31.255.255', '192.0.0.8', '192.0.2.1', '192.88.99.1', '192.168.1.1', '198.18.0.1', '198.19.255.255'],
    ...['198.51.100.1', '203.0.113.9', '224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', 'fc00::1', 'fd00:ec2::254', 'fe80::1'],
    ...['ff02::1', '2001:0:7f00:1::', '2001:db8::1', '2002:7f00:1::', '3fff::1', 'fec0::1', '::127.0.0.1'],
  ]) {
    assert.equal(isPublic(address), false, address);
  }
  for (const address of ['1.1.1.1', '100.63.255.255', '172.32.0.1', '192.0.1.1', '198.20.0.1', '223.255.255.255']) {
    assert.equal(isPublic(address), true, address);
  }
  for (const address of ['2001:200::1', '2606:4700::1111', '2a00:1450::1', '3ffe::1']) {
    assert.equal(isPublic(address), true, address);
  }
});

test('a target is host:port', () => {
  assert.deepEqual(hostAndPort('Echo.Example.:443'), { hostname: 'echo.example', port: 443 });
  assert.deepEqual(hostAndPort('[2001:DB8::1]:80'), { hostname: '2001:db8::1', port: 80 });
  for (const text of ['', 'host', 'host:', ':80', 'host:0', 'host:65536', 'host:8o', '2001:db8::1:80', 'a/b:80']) {
    assert.throws(() => hostAndPort(text), /isn't host:port/, text);
  }
});

test('an entry with an asterisk is every name below, and neither the name itself nor one that ends like it', async () => {
  const targets = new Targets({ ...SETTINGS, allow: ['*.example.invalid:443', 'other.invalid:80'] });
  const kind = (name, port) => targets.connect(name, port, client).catch((refusal) => refusal.kind);
  assert.equal(await kind('a.example.invalid', 443), 'unreachable');
  assert.equal(await kind('A.B.Example.Invalid.', 443), 'unreachable');
  assert.equal(await kind('example.invalid', 443), 'blocked');
  assert.equal(await kind('badexample.invalid', 443), 'blocked');
  assert.equal(await kind('a.example.invalid', 80), 'blocked');
  assert.equal(await kind('x.other.invalid', 80), 'blocked');
});

test('a name with a character that no name has is refused, also below an asterisk', async () => {
  const targets = new Targets({ ...SETTINGS, allowPrivate: true, allow: ['*.example.invalid:9'] });
  const kind = (name) => targets.connect(name, 9, client).catch((refusal) => refusal.kind);
  for (const character of ['\0', ' ', '\n', '/', '%', '#', '@', '\u3002', '\u00e9', '[']) {
    assert.equal(await kind(`127.0.0.1${character}.example.invalid`), 'blocked', JSON.stringify(character));
  }
  assert.equal(await kind(`${'a.'.repeat(150)}example.invalid`), 'blocked');
  for (const entry of ['*:443', 'm\u00fcnchen.invalid:443', 'a.*.invalid:443', '%:443']) {
    assert.throws(() => new Targets({ ...SETTINGS, allow: [entry] }), /isn't a name in ASCII or an address/, entry);
  }
});

test('a name whose look-up does not end is given up, and counts no longer', async (t) => {
  // No resolver that can be run here hangs.
  const { lookup } = dns;
  t.after(() => {
    dns.lookup = lookup;
    syncBuiltinESMExports();
  });
  dns.lookup = /** @type {any} */ (() => new Promise(() => {}));
  syncBuiltinESMExports();
  let sockets = 0;
  const counting = {
    takeSocket: () => {
      sockets += 1;
      return () => {
        sockets -= 1;
      };
    },
  };
  const targets = new Targets({ ...SETTINGS, connectTimeout: 20, allow: ['slow.invalid:443'] });
  await assert.rejects(targets.connect('slow.invalid', 443, counting), { kind: 'timeout' });
  assert.equal(sockets, 0);
});
