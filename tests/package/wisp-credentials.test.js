// Credentials for a relay that speaks Wisp v2.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { WebSocket, wisp } from 'websocket-wasm';
import { wispExtensions } from 'websocket-wasm/transports';
import { KEY, PASSWORD, startV2 } from '../support/servers/relay-v2.js';
import { until } from './support/sockets.js';
import { connect, failureOf } from './support/wisp.js';

const { subtle } = webcrypto;
/** @returns {Promise<any>} */
const newKey = () => subtle.generateKey('Ed25519', false, ['sign', 'verify']);
const rawOf = async ({ publicKey }) => new Uint8Array(await subtle.exportKey('raw', publicKey));
const key = await newKey();
const keys = [await rawOf(key)];
const users = { Jürgen: 'geheim – 🔑', '': 'without a name' };

/** Starts a relay, closed after the test. Returns it, and a function that makes transports to it. */
async function start(t, settings) {
  const running = await startV2(settings);
  t.after(() => running.close());
  const to = (credentials) => wisp(running.url, { WebSocket, extensions: credentials && wispExtensions(credentials) });
  return { running, to };
}

async function accepts(transport) {
  (await connect(transport)).destroy();
}

async function refuses(transport, message) {
  const error = await failureOf(transport);
  assert.equal(error.code, 'relay-unauthorized');
  assert.match(error.message, message);
}

test('a password', async (t) => {
  const { to } = await start(t, { users });
  await accepts(to({ user: 'Jürgen', password: users.Jürgen }));
  await accepts(to({ password: users[''] }));
  await refuses(to({ user: 'Jürgen', password: 'guessed' }), /wrong password/);
  await refuses(to({ user: 'Juergen', password: users.Jürgen }), /wrong password/);
});

test('a key', async (t) => {
  const { to } = await start(t, { keys: [await rawOf(await newKey()), ...keys] });
  await accepts(to({ key }));
  await refuses(to({ key: await newKey() }), /wrong key/);
});

test('a relay that requires credentials refuses a client without them, or with others', async (t) => {
  const { to } = await start(t, { keys });
  await refuses(to(undefined), /credentials required/);
  await refuses(to({ onmotd: () => {} }), /credentials required/);
  await refuses(to({ user: 'Jürgen', password: users.Jürgen }), /credentials required/);
});

test('of two credentials, the relay gets the key if it takes it', async (t) => {
  const both = { user: 'Jürgen', password: users.Jürgen, key };
  for (const [settings, used] of [
    [{ users, keys }, KEY],
    [{ keys }, KEY],
    [{ users }, PASSWORD],
    [{ users, keys, algorithms: 0b10 }, PASSWORD],
  ]) {
    const { running, to } = await start(t, settings);
    await accepts(to(both));
    assert.deepEqual([...running.clients[0].keys()], [used]);
  }
});

test('credentials are sent if the relay takes them, also if they are optional', async (t) => {
  const credentials = { user: 'Jürgen', password: users.Jürgen, key };
  const optional = await start(t, { users, required: false });
  await accepts(optional.to(credentials));
  await accepts(optional.to(undefined));
  const open = await start(t, {});
  await accepts(open.to(credentials));
  const sent = [...optional.running.clients, ...open.running.clients].map((client) => [...client.keys()]);
  assert.deepEqual(sent, [[PASSWORD], [], []]);
});

test('a relay that sends INFO after CONTINUE gets the credentials before anything else', async (t) => {
  const { running, to } = await start(t, { users, infoFirst: false });
  await accepts(to({ user: 'Jürgen', password: users.Jürgen }));
  await until(() => running.packets.length === 2);
  assert.equal(running.clients.length, 1);
  assert.deepEqual(running.packets, ['CONNECT 1', 'CLOSE 1']);
  await refuses(to({ user: 'Jürgen', password: 'guessed' }), /wrong password/);
  // Without extensions, such a relay is one of v1.
  await accepts(to(undefined));
  assert.equal(running.clients.length, 2);
});

test('credentials for a relay of v1 are not sent', async (t) => {
  const { startScripted } = await import('../support/servers/relay.js');
  const types = [];
  const running = await startScripted((_, { type }) => types.push(type));
  t.after(() => running.close());
  await accepts(wisp(running.url, { WebSocket, extensions: wispExtensions({ user: 'me', password: 'secret' }) }));
  await until(() => types.length === 2);
  assert.deepEqual(types, [1, 4]);
});

test('a key that cannot sign fails the connection', async (t) => {
  const { to } = await start(t, { keys });
  const unable = { publicKey: key.publicKey, privateKey: key.publicKey };
  const error = await failureOf(to({ key: unable }));
  assert.equal(error.code, 'relay-unauthorized');
  assert.match(error.message, /can't be used/);
  assert.ok(error.cause instanceof Error);
});

test('carriers are shared only by sockets with the same credentials', async (t) => {
  const { running } = await start(t, { users });
  const extensions = wispExtensions({ user: 'Jürgen', password: users.Jürgen });
  const other = wispExtensions({ password: users[''] });
  const links = [];
  for (const used of [extensions, extensions, other])
    links.push(await connect(wisp(running.url, { WebSocket, extensions: used })));
  assert.equal(running.open, 2);
  for (const link of links) link.destroy();
});

/** @type {[any, RegExp][]} */
const invalid = [
  [{ user: 7 }, /'user'.*string, not number/],
  [{ user: 'ü'.repeat(128) }, /'user'.*255 bytes/],
  [{ password: null }, /'password'.*string, not null/],
  [{ key: {} }, /'key'.*CryptoKeyPair, not object/],
  [{ key: 'MC4CAQ' }, /'key'.*CryptoKeyPair, not string/],
  [{ onmotd: {} }, /'onmotd'.*function, not object/],
];
test('an invalid option is a TypeError that names it, and shows no secret', () => {
  for (const [options, message] of invalid) {
    assert.throws(
      () => wispExtensions(options),
      (error) => error instanceof TypeError && message.test(error.message),
    );
  }
  assert.ok(wispExtensions({ user: 'ü'.repeat(127) }));
});
