// What webTransport() and directSockets() take: everything else is a TypeError at the call. Node has neither class.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directSockets, webTransport } from 'websocket-wasm/transports';
import { pause, story } from './support/sockets.js';

/** A class of a user's whose sessions never open. */
class Silent {
  ready = new Promise(() => {});
  closed = new Promise(() => {});
  close() {}
}
const URL_ = 'https://relay.example/';
const take = (url, options) => webTransport(url, { WebTransport: Silent, ...options });

for (const [url, message] of /** @type {[any, RegExp][]} */ ([
  ['http://relay.example/', /'http:\/\/relay\.example\/'.*scheme isn't 'https'/],
  ['wss://relay.example/', /'wss:\/\/relay\.example\/'.*scheme isn't 'https'/],
  [new URL('http://relay.example/'), /'http:\/\/relay\.example\/'/],
  ['relay.example', /'relay\.example'.*absolute/],
  ['', /''/],
  ['https://relay.example/#', /fragment/],
  ['https://relay.example/#part', /fragment/],
  [undefined, /undefined.*absolute URL/],
  [null, /null/],
  [{ href: URL_ }, /\[object Object\]/],
  [Symbol('relay'), /Symbol\(relay\)/],
])) {
  test(`the URL ${String(url?.href ?? url)} is a TypeError that names it`, () => {
    assert.throws(() => take(url), { name: 'TypeError', message });
    assert.throws(() => take(url), { name: 'TypeError', message: /^webTransport\(\) can't take / });
  });
}

test('https: URLs are taken, as a string or as a URL', () => {
  for (const url of [URL_, new URL(URL_), 'HTTPS://relay.example:4433/path?token=x']) {
    assert.equal(typeof take(url), 'function');
  }
});

test('without the class it is a TypeError at once', () => {
  assert.throws(() => webTransport(URL_), { name: 'TypeError', message: /no WebTransport class/ });
  assert.throws(() => directSockets(), { name: 'TypeError', message: /no TCPSocket class.*Isolated Web Apps/ });
  for (const Class of [1, 'x', {}, null]) {
    const name = { name: 'TypeError' };
    assert.throws(() => webTransport(URL_, { WebTransport: /** @type {any} */ (Class) }), name);
    assert.throws(() => directSockets({ TCPSocket: /** @type {any} */ (Class) }), name);
  }
});

const bytes = new Uint8Array(32);
for (const [name, values] of Object.entries({
  token: [1, null, {}, 'x'.repeat(4097), 'ä'.repeat(2049)],
  congestionControl: ['fast', 1, null, ''],
  allowPooling: ['true', 1, null],
  requireUnreliable: ['true', 1, null],
  serverCertificateHashes: [
    1,
    null,
    {},
    'x',
    [null],
    [{}],
    [{ algorithm: 'sha-1', value: bytes }],
    [{ algorithm: 'sha-256', value: new Uint8Array(31) }],
    [{ algorithm: 'sha-256', value: 'x' }],
    [{ algorithm: 'sha-256', value: bytes }, { algorithm: 'sha-256' }],
  ],
  tls: [1, { servername: 1 }, { pins: [] }],
})) {
  test(`an invalid option ${name} is a TypeError that names it`, () => {
    const message = name === 'tls' ? /TLS option/ : new RegExp(`'${name}'`);
    for (const value of values) assert.throws(() => take(URL_, { [name]: value }), { name: 'TypeError', message });
  });
}

test('hashes and pooling exclude each other, as in the class', () => {
  const serverCertificateHashes = [{ algorithm: 'sha-256', value: bytes }];
  assert.throws(() => take(URL_, { serverCertificateHashes, allowPooling: true }), /allowPooling/);
  take(URL_, { serverCertificateHashes, allowPooling: false });
});

test('a class gets the options that are for it, and a copy of the bytes', async () => {
  const calls = [];
  class Recording extends Silent {
    constructor(...args) {
      super();
      calls.push(args);
    }
  }
  const value = new Uint8Array(32).fill(1);
  const transport = take(URL_, {
    WebTransport: Recording,
    token: 'secret',
    tls: {},
    congestionControl: 'low-latency',
    requireUnreliable: false,
    serverCertificateHashes: [{ algorithm: 'SHA-256', value: value.buffer }],
  });
  value.fill(2);
  const { failure } = await story('ws://server.example/', { transport, handshakeTimeout: 50 });
  assert.equal(failure.code, 'handshake-timeout');
  assert.deepEqual(calls, [
    [
      URL_,
      {
        congestionControl: 'low-latency',
        requireUnreliable: false,
        serverCertificateHashes: [{ algorithm: 'SHA-256', value: new Uint8Array(32).fill(1) }],
      },
    ],
  ]);
});

test('what a class throws or rejects with fails the connection', async () => {
  const boom = new Error('boom');
  class Throwing {
    constructor() {
      throw boom;
    }
  }
  class Rejecting extends Silent {
    /** @override */
    ready = Promise.reject(boom);
    /** @override */
    closed = Promise.reject(boom);
  }
  class Textual extends Silent {
    /** @override */
    ready = /** @type {Promise<any>} */ (Promise.resolve());
    async createBidirectionalStream() {
      const readable = new ReadableStream({ start: (controller) => controller.enqueue(/** @type {any} */ ('text')) });
      return { readable, writable: new WritableStream() };
    }
  }
  for (const WebTransport of [Throwing, Rejecting, Textual]) {
    const { failure } = await story('ws://server.example/', { transport: take(URL_, { WebTransport }) });
    assert.equal(failure.code, 'relay-unreachable', WebTransport.name);
    assert.match(failure.message, /^The relay https:\/\/relay\.example\/ can't be/);
    if (WebTransport !== Textual) assert.equal(failure.cause, boom);
  }
});

test('a refusal is an answer: an attempt that times out meanwhile does not retire the session', async () => {
  const BLOCKED = Uint8Array.of(0x81, 0x04, 0);
  let sessions = 0;
  class Refusing extends Silent {
    /** @override */
    ready = /** @type {Promise<any>} */ (Promise.resolve());
    #streams = 0;
    constructor() {
      super();
      sessions += 1;
    }
    async createBidirectionalStream() {
      this.#streams += 1;
      const isAnswered = this.#streams > 3;
      const readable = new ReadableStream({
        start: (controller) => {
          if (isAnswered) controller.enqueue(BLOCKED);
        },
      });
      return { readable, writable: new WritableStream() };
    }
  }
  const transport = take(URL_, { WebTransport: Refusing });
  // Sockets to one host connect one after another.
  const connecting = (host, handshakeTimeout) => story(`ws://${host}.example/`, { transport, handshakeTimeout });
  // It keeps the session in use.
  const longer = connecting('first', 1_500);
  const shorter = connecting('second', 300);
  // The session is open when this attempt begins: nothing but refusals is received from then on.
  await pause(50);
  const last = connecting('third', 500);
  await pause(50);
  assert.equal((await connecting('fourth', 3_000)).failure.code, 'relay-blocked');
  for (const attempt of [shorter, last]) assert.equal((await attempt).failure.code, 'handshake-timeout');
  assert.equal((await connecting('fourth', 3_000)).failure.code, 'relay-blocked');
  assert.equal(sessions, 1);
  await longer;
});
