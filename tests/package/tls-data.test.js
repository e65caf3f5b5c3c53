// Data over TLS, and how a connection ends: closure alerts are told apart from truncation.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { connectionOf, tcp, tls } from 'websocket-wasm';
import { closeFrame, frame } from '../support/servers/frame.js';
import { acceptance } from '../support/servers/raw.js';
import { bytes } from '../support/tls/exchange.js';
import { localhost, root, rsa } from '../support/tls/pki.js';
import { trust } from '../support/tls/refusals/refusal.js';
import { startTlsBytes } from '../support/tls/server.js';
import { startTamperer } from '../support/tls/tamper/proxy.js';
import { echoed, next, shut } from './support/sockets.js';
import { CARRIERS, connect, opened, running, served, toLoopback } from './support/tls-sockets.js';

const MiB = 1024 * 1024;
const VERSIONS = /** @type {const} */ (['TLSv1.3', 'TLSv1.2']);
const speaking = (version) => ({ certificate: localhost(), minVersion: version, maxVersion: version });
const sha256 = (data) => createHash('sha256').update(new Uint8Array(data)).digest('hex');

/** Cipher suites by kind of record protection. */
const SUITES = {
  'TLS 1.3, ChaCha20': { certificate: localhost(), ciphers: 'TLS_CHACHA20_POLY1305_SHA256' },
  'TLS 1.3, AES-128': { certificate: localhost(), ciphers: 'TLS_AES_128_GCM_SHA256' },
  'TLS 1.2, ChaCha20': { ...speaking('TLSv1.2'), ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
  'TLS 1.2, AES-256': { ...speaking('TLSv1.2'), certificate: rsa(), ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' },
};

for (const [name, options] of Object.entries(SUITES)) {
  test(`${name}: messages of every size around a record's come back unchanged`, async (t) => {
    const server = await served(t, options);
    for (const transport of Object.values(CARRIERS)) {
      const socket = await opened(server, trust(root()), { transport: transport() });
      for (const size of [0, 1, 16_383, 16_384, 16_385, 65_536, 65_537, 300_001]) {
        const message = bytes(size, size + 1);
        assert.equal(sha256(await echoed(socket, message)), sha256(message), `${size}`);
      }
      await shut(socket);
    }
  });

  test(`${name}: 64 MiB come back unchanged`, async (t) => {
    const server = await served(t, options);
    const socket = await opened(server, trust(root()));
    const message = bytes(64 * MiB, 64);
    assert.equal(sha256(await echoed(socket, message)), sha256(message));
    await shut(socket);
  });
}

/** Resolves with how a socket ended: its events' data, its close event and its failure's code. */
async function ending(socket) {
  const messages = [];
  socket.addEventListener('message', ({ data }) => messages.push(data));
  const { code, wasClean } = await next(socket, 'close');
  return { messages, code, wasClean, failure: connectionOf(socket).failure?.code };
}

/** A server that accepts the WebSocket's handshake, and then acts. */
function accepting(version, act) {
  return () =>
    startTlsBytes({ ...speaking(version), allowHalfOpen: true }, (socket) => {
      socket.once('data', (request) => {
        socket.write(acceptance(`${request}`));
        act(socket);
      });
    });
}

/** What servers do after the handshake, and how the WebSocket ends. */
const ENDS = {
  'a Close frame, then a closure alert': {
    act: (socket) => {
      socket.write(frame(0x81, 'last'));
      socket.end(closeFrame(4000));
    },
    ends: { messages: ['last'], code: 4000, wasClean: true, failure: undefined },
  },
  'a Close frame, then an end without a closure alert': {
    act: (socket) => {
      socket.write(frame(0x81, 'last'));
      socket.write(closeFrame(4000), () => socket.once('data', () => socket.destroy()));
    },
    ends: { messages: ['last'], code: 4000, wasClean: true, failure: undefined },
  },
  'a closure alert without a Close frame': {
    act: (socket) => socket.end(frame(0x81, 'last')),
    ends: { messages: ['last'], code: 1006, wasClean: false, failure: 'closed-without-close-frame' },
  },
  'a closure alert within a frame': {
    act: (socket) => {
      socket.write(frame(0x81, 'last'));
      socket.end(frame(0x81, 'cut').subarray(0, 4));
    },
    ends: { messages: ['last'], code: 1006, wasClean: false, failure: 'closed-without-close-frame' },
  },
  'an end without a closure alert': {
    act: (socket) => socket.write(frame(0x81, 'last'), () => socket.destroy()),
    ends: { messages: ['last'], code: 1006, wasClean: false, failure: 'tls-truncated' },
  },
};
for (const version of VERSIONS) {
  for (const [name, { act, ends }] of Object.entries(ENDS)) {
    test(`${version}: ${name}`, async (t) => {
      const server = await running(t, accepting(version, act));
      for (const [carrier, transport] of Object.entries(CARRIERS)) {
        const socket = connect(server, trust(root()), { transport: transport() });
        assert.deepEqual(await ending(socket), ends, carrier);
      }
    });
  }

  test(`${version}: each direction ends on its own`, async (t) => {
    let received = '';
    const server = await running(t, () =>
      startTlsBytes({ ...speaking(version), allowHalfOpen: true }, (socket) => {
        socket.on('data', (chunk) => {
          received += chunk;
        });
        // The client has sent its closure alert.
        socket.on('end', () => socket.write('after the end', () => socket.end()));
      }),
    );
    const proxy = await running(t, () => startTamperer(server.port, { isTls12: version === 'TLSv1.2' }));
    const transport = tls(toLoopback(tcp), trust(root()));
    const { signal } = new AbortController();
    const url = `wss://localhost:${proxy.port}/`;
    const link = /** @type {import('websocket-wasm').Link} */ (
      await transport({ hostname: 'localhost', port: proxy.port, secure: true, url, signal })
    );
    let delivered = '';
    const error = await new Promise((resolve) => {
      link.open({
        data: (chunk) => {
          delivered += Buffer.from(chunk);
        },
        end: () => resolve(undefined),
        fail: resolve,
      });
      link.write(new TextEncoder().encode('before the end'), () => {});
      link.end();
    });
    assert.deepEqual([received, delivered, error], ['before the end', 'after the end', undefined]);
    const [{ fields }] = proxy.seen;
    const sent = fields['to server'].slice(fields['to server'].findLastIndex((field) => field.startsWith('type')));
    // A closure alert: of two bytes, and the type that is encrypted in TLS 1.3.
    if (version === 'TLSv1.3') assert.equal(sent.length, 5 + 2 + 1 + 16);
    else assert.equal(sent[0], 'type of encrypted alert');
    link.destroy();
  });
}
