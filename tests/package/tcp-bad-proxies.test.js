// Proxies that answer as they must not, late, in pieces, or never.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { tcp } from 'websocket-wasm';
import { until } from '../support/events.js';
import { startBadProxy } from '../support/servers/proxies.js';
import { FAILED, story } from './support/sockets.js';

const URL_WITH_HOST = 'ws://host.test:81/';
const OK = 'HTTP/1.1 200 OK\r\n\r\n';

/** A proxy that answers the first bytes of a client, and the sockets of its clients. */
async function answering(t, answer) {
  const sockets = new Set();
  const running = await startBadProxy((socket, chunk, request) => {
    sockets.add(socket);
    answer(socket, chunk, request);
  });
  t.after(() => running.close());
  return { ...running, sockets };
}

/** Writes bytes, given as text of Latin-1 or as numbers. */
const write = (bytes) => (socket) => socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
const after = (first, bytes) => (socket, _, request) => write(request === 0 ? first : bytes)(socket);

const NO_PASSWORD = Buffer.of(5, 0);
const socksReply = (code) => after(NO_PASSWORD, Buffer.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0));

/** Answers by scheme, the code of the failure, and what its message says. @type {[string, string, any, string, RegExp][]} */
const ANSWERS = [
  ['http', 'status 403', write('HTTP/1.1 403 Forbidden\r\n\r\n'), 'proxy-refused', /status 403 Forbidden$/],
  ['http', 'status 502', write('HTTP/1.0 502 Bad Gateway\r\n\r\n'), 'proxy-refused', /status 502 Bad Gateway$/],
  ['http', 'a redirect', write('HTTP/1.1 302 \r\nLocation: /\r\n\r\n'), 'proxy-refused', /status 302$/],
  ['http', 'an upgrade', write('HTTP/1.1 101 Switching\r\n\r\n'), 'proxy-refused', /status 101/],
  [
    'http',
    'a reason of control characters',
    write('HTTP/1.1 500 a\x1b[31m\x07b\r\n\r\n'),
    'proxy-refused',
    /a\?\[31m\?b$/,
  ],
  ['http', 'a long reason', write(`HTTP/1.1 500 ${'x'.repeat(5_000)}\r\n\r\n`), 'proxy-refused', /500 x{100}$/],
  ['http', 'no HTTP', write('SSH-2.0-OpenSSH\r\n\r\n'), 'proxy-failed', /isn't HTTP/],
  ['http', 'HTTP/2', write('HTTP/2 200 OK\r\n\r\n'), 'proxy-failed', /isn't HTTP/],
  ['http', 'a header that is too large', write(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(20_000)}`), 'proxy-failed', /16384/],
  [
    'http',
    'many large lines',
    write(`HTTP/1.1 200 OK\r\n${`A: ${'x'.repeat(90)}\r\n`.repeat(200)}\r\n`),
    'proxy-failed',
    /16384/,
  ],
  ['http', 'a line without an end', write('x'.repeat(20_000)), 'proxy-failed', /isn't HTTP/],
  [
    'http',
    'endless informational responses',
    write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
    'proxy-failed',
    /informational/,
  ],
  ['http', 'an end in the middle', (socket) => socket.end('HTTP/1.1 200 OK\r\n'), 'proxy-failed', /ended/],
  ['http', 'an end', (socket) => socket.end(), 'proxy-failed', /ended/],
  ['http', 'a reset', (socket) => socket.resetAndDestroy(), 'proxy-failed', /reset/],
  ['socks5h', 'another version', write(Buffer.of(4, 0)), 'proxy-failed', /SOCKS version 5/],
  ['socks5h', 'HTTP', write('HTTP/1.1 400 Bad Request\r\n\r\n'), 'proxy-failed', /SOCKS version 5/],
  ['socks5h', 'no acceptable method', write(Buffer.of(5, 0xff)), 'proxy-refused', /demands authentication/],
  ['socks5h', 'a method that was not offered', write(Buffer.of(5, 2)), 'proxy-failed', /not offered/],
  ['socks5h', 'a method of its own', write(Buffer.of(5, 0x80)), 'proxy-failed', /not offered/],
  ['socks5h', 'another version later', after(NO_PASSWORD, Buffer.of(4, 0, 0, 1, 0)), 'proxy-failed', /SOCKS version 5/],
  ['socks5h', 'an unknown type of address', after(NO_PASSWORD, Buffer.of(5, 0, 0, 9, 0)), 'proxy-failed', /address/],
  ['socks5h', 'general failure', socksReply(1), 'proxy-refused', /reply 1 \(general failure\)/],
  ['socks5h', 'rules', socksReply(2), 'proxy-refused', /reply 2 \(not allowed/],
  ['socks5h', 'network unreachable', socksReply(3), 'proxy-refused', /reply 3 \(network unreachable/],
  ['socks5h', 'host unreachable', socksReply(4), 'proxy-refused', /reply 4 \(host unreachable/],
  ['socks5h', 'connection refused', socksReply(5), 'proxy-refused', /reply 5 \(connection refused/],
  ['socks5h', 'TTL expired', socksReply(6), 'proxy-refused', /reply 6 \(TTL/],
  ['socks5h', 'command not supported', socksReply(7), 'proxy-refused', /reply 7 \(command/],
  ['socks5h', 'address type not supported', socksReply(8), 'proxy-refused', /reply 8 \(address type/],
  ['socks5h', 'an unknown reply', socksReply(200), 'proxy-refused', /reply 200$/],
  ['socks5h', 'an end in the middle', (socket) => socket.end(Buffer.of(5)), 'proxy-failed', /ended/],
];
for (const [scheme, what, answer, code, message] of ANSWERS) {
  test(`${scheme}: ${what} is ${code}`, async (t) => {
    const { port, sockets } = await answering(t, answer);
    const { failure, ...rest } = await story(URL_WITH_HOST, {
      transport: tcp({ proxy: `${scheme}://127.0.0.1:${port}` }),
    });
    assert.deepEqual(rest, FAILED);
    assert.equal(failure.code, code);
    assert.match(failure.message, message);
    assert.ok(failure.message.includes(`${scheme}://127.0.0.1:${port}`));
    await until(() => [...sockets].every((socket) => socket.destroyed || socket.readableEnded));
  });
}

/** Connects directly, and collects what the link delivers. */
async function received({ port }, scheme, target = {}) {
  const { signal } = new AbortController();
  const transport = tcp({ proxy: `${scheme}://127.0.0.1:${port}` });
  const link = /** @type {import('websocket-wasm').Link} */ (
    await transport({ hostname: 'host.test', port: 81, secure: false, url: 'ws://host.test:81/', signal, ...target })
  );
  const chunks = [];
  const end = new Promise((resolve, reject) => {
    link.open({ data: (chunk) => chunks.push(chunk), end: () => resolve(undefined), fail: reject });
  });
  await end;
  link.destroy();
  return Buffer.concat(chunks).toString('latin1');
}

const GRANTED = Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 80);
/** Good answers. */
const GOOD = {
  'an IPv4 address': ['socks5h', GRANTED],
  'an IPv6 address': ['socks5h', Buffer.concat([Buffer.of(5, 0, 0, 4), Buffer.alloc(18)])],
  'a name': ['socks5h', Buffer.concat([Buffer.of(5, 0, 0, 3, 4), Buffer.from('host'), Buffer.alloc(2)])],
  'an empty name': ['socks5h', Buffer.of(5, 0, 0, 3, 0, 0, 80)],
  'status 200': ['http', Buffer.from(OK)],
  'status 204, HTTP/1.0': ['http', Buffer.from('HTTP/1.0 204 \r\nContent-Length: 5\r\n\r\n')],
  'lines without CR': ['http', Buffer.from('HTTP/1.1 200 OK\nVia: x\n\n')],
  'an informational response first': ['http', Buffer.from(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}`)],
  'no reason': ['http', Buffer.from('HTTP/1.1 200\r\n\r\n')],
};
for (const [what, [scheme, bytes]] of Object.entries(GOOD)) {
  const answers = /** @type {Buffer} */ (bytes);
  const byte = (socket, text) => {
    const all = Buffer.concat([answers, Buffer.from(text)]);
    let at = 0;
    const step = () => {
      if (at === all.length) socket.end();
      else socket.write(all.subarray(at, ++at), () => setImmediate(step));
    };
    step();
  };
  const isFirst = (request) => scheme === 'socks5h' && request === 0;

  test(`${what}: the bytes behind it in the same chunk are the host's`, async (t) => {
    const proxy = await answering(t, (socket, _, request) => {
      if (isFirst(request)) socket.write(NO_PASSWORD);
      else socket.end(Buffer.concat([answers, Buffer.from('hello')]));
    });
    assert.equal(await received(proxy, scheme), 'hello');
  });

  test(`${what}: byte by byte`, async (t) => {
    const proxy = await answering(t, (socket, _, request) => {
      if (isFirst(request)) socket.write(NO_PASSWORD);
      else byte(socket, 'hello');
    });
    assert.equal(await received(proxy, scheme), 'hello');
  });
}

test('an HTTP proxy is asked in the form of the RFC, and a SOCKS proxy too', async (t) => {
  const asked = [];
  const proxy = await answering(t, (socket, chunk) => {
    asked.push(chunk.toString('latin1'));
    socket.end(OK);
  });
  await received({ port: proxy.port }, 'http');
  await received({ port: proxy.port }, 'http', { hostname: '::1', port: 8080 });
  assert.deepEqual(asked, [
    'CONNECT host.test:81 HTTP/1.1\r\nHost: host.test:81\r\n\r\n',
    'CONNECT [::1]:8080 HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n',
  ]);

  const bytes = [];
  const socks = await answering(t, (socket, chunk, request) => {
    bytes.push(chunk.toString('hex'));
    if (request === 0) socket.write(NO_PASSWORD);
    else socket.end(GRANTED);
  });
  for (const hostname of ['host.test', '192.0.2.7', '2001:db8::ff:7']) await received(socks, 'socks5h', { hostname });
  const name = Buffer.from('host.test').toString('hex');
  assert.deepEqual(bytes, [
    '050100',
    `0501000309${name}0051`,
    '050100',
    '05010001c00002070051',
    '050100',
    '0501000420010db800000000000000000' + '0ff00070051',
  ]);
});

test('bytes in front of TLS fail the connection', async (t) => {
  const proxy = await answering(t, (socket) => socket.write(`${OK}early`));
  const { failure } = await story('wss://host.test/', { transport: tcp({ proxy: proxy.url }) });
  assert.equal(failure.code, 'tls-failed');
  assert.match(failure.message, /before TLS began/);
});

test("a host's name that could break out of the request is refused", async (t) => {
  let asked = 0;
  const proxy = await answering(t, (socket) => {
    asked += 1;
    socket.end(OK);
  });
  for (const hostname of ['host.test:81 HTTP/1.1\r\nX: ', 'a b', 'ü.test']) {
    await assert.rejects(received(proxy, 'http', { hostname }), { code: 'host-not-found' });
  }
  await assert.rejects(received(proxy, 'socks5h', { hostname: 'x'.repeat(256) }), { code: 'proxy-refused' });
  assert.equal(asked, 0);
});

/** Proxies that stop at each stage. */
const STAGES = {
  'before its first answer': ['http', () => {}],
  'in the middle of its header': ['http', write('HTTP/1.1 200 OK\r\n')],
  'during TLS with an https: proxy': ['https', () => {}],
  'before the choice of SOCKS': ['socks5h', () => {}],
  'before the reply of SOCKS': ['socks5h', (socket, _, request) => request === 0 && socket.write(NO_PASSWORD)],
  'during TLS in the tunnel': ['http', (socket, _, request) => request === 0 && socket.write(OK)],
};
/** What ends the wait: options of tcp() and of the socket, for a time limit, and the code of the failure. */
const ENDS = {
  handshakeTimeout: [() => ({}), (handshakeTimeout) => ({ handshakeTimeout }), 'handshake-timeout'],
  timeout: [(timeout) => ({ timeout }), () => ({}), 'connect-timeout'],
  signal: [() => ({}), () => ({}), 'aborted'],
};
for (const [stage, [scheme, answer]] of Object.entries(STAGES)) {
  for (const [what, [more, options, code]] of /** @type {[string, any[]][]} */ (Object.entries(ENDS))) {
    test(`${what} ends a connection to a proxy that stops ${stage}`, async (t) => {
      const { port, sockets } = await answering(t, answer);
      // A machine that is busy may not have come to ask the proxy by then.
      for (let limit = 100; sockets.size === 0; limit *= 4) {
        const transport = tcp({ ...more(limit), proxy: `${scheme}://127.0.0.1:${port}` });
        const { signal, abort } = abortable();
        // Once the proxy has answered, as far as it does.
        if (what === 'signal') until(() => sockets.size > 0).then(() => setTimeout(abort, 20));
        const { failure, ...rest } = await story('wss://host.test/', { transport, signal, ...options(limit) });
        assert.deepEqual(rest, FAILED);
        assert.equal(failure.code, code);
      }
      assert.equal(sockets.size, 1);
      for (const socket of sockets) if (!socket.readableEnded && !socket.destroyed) await once(socket, 'close');
    });
  }
}

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
