// needs: rust
// wispExtensions() with wisp-mux, an implementation of Wisp v2 by others: credentials, and the message of the day. It sends
// INFO after the first CONTINUE.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { after, before, test } from 'node:test';
import { WebSocket, wisp, wispExtensions } from '../package/support/installed.js';
import { startTcpEcho } from '../support/relays/targets.js';
import { buildWispMux, startWispMux } from '../support/relays/wisp-mux.js';

const { subtle } = webcrypto;

let program;
let echo;
before(async () => {
  program = await buildWispMux();
  echo = await startTcpEcho();
});
after(() => echo?.close());

/** @returns {Promise<any>} */
const newKey = () => subtle.generateKey('Ed25519', false, ['sign', 'verify']);
const rawOf = async ({ publicKey }) => new Uint8Array(await subtle.exportKey('raw', publicKey));
const users = { Jürgen: 'geheim – 🔑', '': 'without=a name' };

/** Starts a relay, closed after the test. Returns a function that makes transports to it. */
async function start(t, settings) {
  const relay = await startWispMux(program, settings);
  t.after(() => relay.close());
  return (options) => wisp(relay.url, { WebSocket, extensions: options && wispExtensions(options) });
}

/** What becomes of a connection by which something is sent: the text that comes back, or the failure. */
async function outcome(transport) {
  const { signal } = new AbortController();
  const target = { hostname: '127.0.0.1', port: echo.port, secure: false, url: 'ws://test/', signal };
  try {
    const link = await transport(target);
    return await new Promise((resolve, reject) => {
      link.open({ data: (bytes) => resolve(`${Buffer.from(bytes)}`), end: () => resolve('an end'), fail: reject });
      link.write(Buffer.from('hello'), () => {});
    }).finally(() => link.destroy());
  } catch (error) {
    return error;
  }
}

async function accepts(transport) {
  assert.equal(await outcome(transport), 'hello');
}

async function refuses(transport, code, message) {
  const error = await outcome(transport);
  assert.equal(error.code, code);
  assert.match(error.message, message);
}

test('a password', async (t) => {
  const to = await start(t, { users });
  await accepts(to({ user: 'Jürgen', password: users.Jürgen }));
  await accepts(to({ password: users[''] }));
  for (const credentials of [
    { user: 'Jürgen', password: 'guessed' },
    { user: 'Jürgen', password: `${users.Jürgen} ` },
    { user: 'Juergen', password: users.Jürgen },
    { user: 'Jürgen', password: '' },
  ]) {
    await refuses(to(credentials), 'relay-unauthorized', /wrong password/);
  }
});

test('a key', async (t) => {
  const [key, other, unknown] = await Promise.all([newKey(), newKey(), newKey()]);
  const to = await start(t, { keys: [await rawOf(other), await rawOf(key)] });
  await accepts(to({ key }));
  await accepts(to({ key, user: 'Jürgen', password: users.Jürgen }));
  await refuses(to({ key: unknown }), 'relay-unauthorized', /wrong key/);
  // With a key that the relay knows, and the signature of another one.
  await refuses(
    to({ key: { publicKey: key.publicKey, privateKey: other.privateKey } }),
    'relay-unauthorized',
    /wrong key/,
  );
});

test('no credentials, or others', async (t) => {
  const key = await newKey();
  const byPassword = await start(t, { users });
  const byKey = await start(t, { keys: [await rawOf(key)] });
  for (const transport of [
    byPassword(undefined),
    byPassword({ onmotd: () => {} }),
    byPassword({ key }),
    byKey(undefined),
    byKey({ user: 'Jürgen', password: users.Jürgen }),
  ]) {
    // Its reason is 4, where draft 6 has one for missing credentials.
    await refuses(transport, 'relay-closed', /incompatible extensions/);
  }
});

test('the message of the day', async (t) => {
  const motd = 'Willkommen – 👋';
  const to = await start(t, { motd, users });
  const messages = [];
  await accepts(to({ password: users[''], onmotd: (message) => messages.push(message) }));
  assert.deepEqual(messages, [motd]);
  // Not asked for, it is not needed.
  await accepts(to({ password: users[''] }));
});
