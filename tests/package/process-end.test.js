// A process ends by itself once its sockets are closed, however they ended, or, with `unref`, while they are open.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { tcp } from 'websocket-wasm';
import { freePort, startEcho, startRelay } from '../../scripts/servers.js';
import { startStreamRelay } from '../../scripts/stream-relay.js';
import { startHttpProxy, startSocksProxy } from '../support/servers/proxies.js';
import { startAccepting, startRaw } from '../support/servers/raw.js';
import { startUnixEcho } from '../support/servers/unix.js';
import { localhost, root } from '../support/tls/pki.js';
import { output, RUNTIMES } from './support/runtimes.js';
import { started } from './support/started.js';

const ca = root().certPem;

/** A socket of a program: `support/runtime-ends.js` has the kinds. @typedef {{ kind: string, argument?: object, url: string }} Case */

/** Those over sockets of the platform. @type {Record<string, Case>} */
let direct;
/** Those over a WebSocket to a relay. @type {Record<string, Case>} */
let relayed;
/** Those that fail, and how. @type {Record<string, [Case & { options?: object }, string]>} */
let failing;
let ws;
before(async () => {
  const plain = await started(startEcho());
  const secure = await started(startEcho({ certificate: localhost() }));
  const http = await started(startHttpProxy());
  const https = await started(startHttpProxy({ certificate: localhost() }));
  const socks = await started(startSocksProxy());
  const wisp = await started(startRelay({ targets: [plain.port, secure.port] }));
  const { template } = await started(startStreamRelay());
  const silent = await started(startRaw(() => {}));
  const unanswering = await started(startAccepting((socket) => socket.write(Buffer.of(0x81, 0))));
  const { path } = await started(startUnixEcho());

  ws = `ws://127.0.0.1:${plain.port}/`;
  const wss = `wss://localhost:${secure.port}/`;
  direct = {
    tcp: { kind: 'tcp', argument: { proxy: false }, url: ws },
    'tcp with a timeout': { kind: 'tcp', argument: { proxy: false, timeout: 50_000 }, url: ws },
    "tcp with the platform's TLS": { kind: 'tcp', argument: { ca }, url: wss },
    'tls over tcp': { kind: 'tls', argument: { ca }, url: wss },
    'a unix socket': { kind: 'tcp', argument: { path }, url: 'ws://app.test/' },
    'an HTTP proxy': { kind: 'tcp', argument: { proxy: http.url }, url: ws },
    "an HTTP proxy, with the platform's TLS": { kind: 'tcp', argument: { proxy: http.url, ca }, url: wss },
    'an HTTP proxy with TLS': { kind: 'tcp', argument: { proxy: { url: https.url, ca } }, url: ws },
    'an HTTP proxy with TLS, and TLS in it': { kind: 'tcp', argument: { proxy: { url: https.url, ca }, ca }, url: wss },
    'a SOCKS proxy': { kind: 'tcp', argument: { proxy: socks.url }, url: ws },
    'a SOCKS proxy, with tls over tcp': { kind: 'tls', argument: { proxy: socks.url, ca }, url: wss },
  };
  relayed = {
    wisp: { kind: 'wisp', argument: { url: wisp.url }, url: ws },
    relay: { kind: 'relay', argument: { template }, url: ws },
  };
  const limit = { handshakeTimeout: 300 };
  const slow = { kind: 'tcp', argument: {}, url: silent.url };
  failing = {
    refused: [{ ...slow, url: `ws://127.0.0.1:${await freePort()}/` }, 'connect-refused'],
    'never answered': [{ ...slow, options: limit }, 'handshake-timeout'],
    'never answered, in TLS': [
      { ...slow, url: silent.url.replace('ws:', 'wss:'), options: limit },
      'handshake-timeout',
    ],
    'never connected by a transport': [{ kind: 'never', url: ws, options: limit }, 'handshake-timeout'],
    'no answer to the Close frame': [
      { ...slow, url: unanswering.url, options: { closeTimeout: 300 } },
      'close-timeout',
    ],
    'a server that is not trusted': [{ kind: 'tcp', argument: {}, url: wss }, 'tls-certificate-unknown-issuer'],
    'a relay without the target': [{ kind: 'wisp', argument: { url: wisp.url }, url: silent.url }, 'relay-blocked'],
    'a relay that never answers': [
      { kind: 'relay', argument: { template: `${silent.url}{hostname}:{port}` }, url: ws, options: limit },
      'handshake-timeout',
    ],
    'a Wisp relay that never answers': [
      { kind: 'wisp', argument: { url: silent.url }, url: ws, options: limit },
      'handshake-timeout',
    ],
    'a proxy that never answers': [
      { kind: 'tcp', argument: { proxy: silent.url.replace('ws:', 'http:') }, url: ws, options: limit },
      'handshake-timeout',
    ],
  };
});

const map = (cases, change) => Object.fromEntries(Object.entries(cases).map(([name, one]) => [name, change(one)]));

for (const [runtime, command] of Object.entries(RUNTIMES)) {
  const run = (cases, isLeftOpen = false) => output(command, 'runtime-ends.js', { cases, isLeftOpen });

  test(`${runtime}: a process ends after its last socket, whatever carried it`, async () => {
    const { wisp, relay } = relayed;
    const cases = {
      ...direct,
      ...relayed,
      'wisp by npm ws': { ...wisp, kind: 'wispByWs' },
      'relay by npm ws': { ...relay, kind: 'relayByWs' },
      "a user's transport": { kind: 'link', url: ws },
      'a WebSocketStream': { ...direct.tcp, isStream: true },
      // Node has it from version 22 on.
      ...((runtime !== 'node' || 'WebSocket' in globalThis) && {
        "wisp by the platform's class": { ...wisp, kind: 'wispByPlatform' },
        "relay by the platform's class": { ...relay, kind: 'relayByPlatform' },
      }),
    };
    assert.deepEqual(
      await run(cases),
      map(cases, () => 1000),
    );
  });

  test(`${runtime}: a process ends after its last socket, however that failed`, async () => {
    assert.deepEqual(
      await run(map(failing, ([one]) => one)),
      map(failing, ([, code]) => code),
    );
  });

  test(`${runtime}: with \`unref\`, a process ends although its sockets are open`, async () => {
    const cases = map({ ...direct, ...relayed }, (one) => ({ ...one, argument: { ...one.argument, unref: true } }));
    assert.deepEqual(
      await run(cases, true),
      map(cases, () => 'open'),
    );
  });
}

test('the option `unref` is a boolean', () => {
  for (const value of [1, 'true', null, {}]) {
    assert.throws(() => tcp({ unref: /** @type {any} */ (value) }), {
      name: 'TypeError',
      message: /'unref'.*true or false/,
    });
  }
});
