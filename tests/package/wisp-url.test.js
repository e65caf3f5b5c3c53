// The relay's URL and the options of wisp().
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket, wisp } from 'websocket-wasm';
import { story } from './support/sockets.js';
import { echo, mute } from './support/wisp.js';

const refused = [
  [undefined, /undefined/],
  [null, /null/],
  [{}, /\[object Object\]/],
  [7, /7/],
  [Symbol('relay'), /Symbol\(relay\)/],
  [Object.create(null), /\[object Object\]/],
  [{ toString: () => 'ws://relay.example/' }, /\[object Object\]/],
  [new String('ws://relay.example/'), /\[object String\]/],
  ['', /''/],
  ['nonsense', /'nonsense'/],
  ['/wisp/', /'\/wisp\/'/],
  ['ftp://relay.example/', /'ftp:\/\/relay\.example\/'/],
  ['ws://', /'ws:\/\/'/],
  ['ws://relay.example/#part', /#part'/],
  ['ws://relay.example/#', /example\/#'/],
  [new URL('file:///wisp/'), /'file:\/\/\/wisp\/'/],
];
for (const [value, named] of refused) {
  test(`wisp(${typeof value === 'string' ? `'${value}'` : named.source}) is a TypeError that names the value`, () => {
    const names = (error) => error instanceof TypeError && named.test(error.message);
    assert.throws(() => wisp(/** @type {any} */ (value), { WebSocket }), names);
  });
}

for (const url of [
  'ftp://user:pass@relay.example/',
  new URL('ftp://user:pass@relay.example/'),
  'ws://user:pass@relay.example/#part',
  'ws:user:pass@relay.example#part',
  '\\tws:\\\\user:p@a/ss@relay.example#part',
  'ws://user:pa\\nss@relay.example#part',
  'scheme:pass@relay.example',
  '//user@relay.example:port/',
]) {
  test(`the TypeError for wisp(${JSON.stringify(url)}) names the host, and shows no credentials`, () => {
    const take = () => wisp(url, { WebSocket });
    assert.throws(take, ({ name, message }) => {
      assert.equal(name, 'TypeError');
      assert.match(message, /'.*@relay\.example/);
      assert.doesNotMatch(message, /user|pass|p@a|ss@/);
      return true;
    });
  });
}

test('http: and https: URLs of a relay become ws: and wss:', async () => {
  const seen = [];
  class Recording extends WebSocket {
    constructor(url) {
      super(url);
      seen.push(url);
    }
  }
  const { host } = new URL(mute.url);
  for (const url of [`ws://${host}/a`, `http://${host}/b/`, `wss://${host}/c/`, new URL(`https://${host}/d/`)]) {
    await story(echo.url, { transport: wisp(url, { WebSocket: Recording }), handshakeTimeout: 50 });
  }
  assert.deepEqual(seen, [`ws://${host}/a`, `ws://${host}/b/`, `wss://${host}/c/`, `wss://${host}/d/`]);
});

test('wisp() ignores options on Object.prototype, and a WebSocket option that is not a class is a TypeError', () => {
  Object.defineProperty(Object.prototype, 'WebSocket', { value: WebSocket, configurable: true });
  try {
    if (!('WebSocket' in globalThis))
      assert.throws(() => wisp('ws://relay.example/'), /undefined as the option 'WebSocket'/);
  } finally {
    delete (/** @type {any} */ (Object.prototype).WebSocket);
  }
  assert.throws(() => wisp('ws://relay.example/', { WebSocket: /** @type {any} */ ('ws') }), TypeError);
  for (const extensions of /** @type {any[]} */ ([{ password: 'secret' }, 'secret', () => {}])) {
    assert.throws(() => wisp('ws://relay.example/', { WebSocket, extensions }), /as the option 'extensions'/);
  }
});
