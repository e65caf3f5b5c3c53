// For each failure code a real peer that makes connections fail with it. Where that takes a special environment, or long, the
// test that does it.
import net from 'node:net';
import { connectionOf, tcp, tls, WebSocket, wisp } from 'websocket-wasm';
import { relay } from 'websocket-wasm/transports';
import { WebSocketServer } from 'ws';
import { listen } from '../../../scripts/servers.js';
import { moduleArgs, runNode } from '../../support/process.js';
import { acceptance, startAccepting, startRaw } from '../../support/servers/raw.js';
import { crlOf } from '../../support/tls/crl.js';
import { localhost, root } from '../../support/tls/pki.js';
import { startTls } from '../../support/tls/server.js';
import { linkInMemory } from './link-in-memory.js';
import { next, open, shut, story } from './sockets.js';

/**
 * The code with which a connection to a server fails; the server is stopped.
 * @param {Promise<{ url: string, close: () => unknown }>} starting
 * @param {object | ((server: any) => object)} [options]
 * @param {(url: string) => string} [toUrl]
 */
async function codeWith(starting, options, toUrl = (url) => url) {
  const server = await starting;
  try {
    const { failure, code } = await story(toUrl(server.url), typeof options === 'function' ? options(server) : options);
    if (code !== 1006) throw new Error(`closed with ${code}`);
    return failure?.code;
  } finally {
    await server.close();
  }
}

const secure = (url) => url.replace('ws:', 'wss:');
const ca = root().certPem;

/** A server that sends these bytes after it has accepted. */
const sending =
  (bytes, options = {}, ...headers) =>
  () =>
    codeWith(
      startAccepting((socket) => socket.write(Buffer.from(bytes)), ...headers),
      options,
    );

/** A server that answers so to the handshake. */
const answering = (answer, options) => () => codeWith(startRaw(answer), options);

/** A port at which nobody listens. */
async function unused() {
  const server = await startRaw(() => {});
  await server.close();
  return { ...server, close: () => {} };
}

/** A server that speaks first, and not TLS. */
function startSpeaking() {
  return listen(net.createServer((socket) => socket.on('error', () => {}).end('220 mail.example\r\n')));
}

/** A link that delivers more than 256 MiB, however full its reader is. */
function overrun() {
  const chunk = new Uint8Array(8 << 20);
  // A message of one byte.
  chunk.set([0x82, 1]);
  return linkInMemory(
    () => {},
    (sink) => {
      for (let sent = 0; sent <= 256 << 20; sent += chunk.length) sink.data(chunk);
    },
  );
}

/** A relay of Wisp v1 that answers each request for a connection by a CLOSE packet with that reason. */
async function wispRelay(reason) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) => {
    socket.send(Buffer.from([3, 0, 0, 0, 0, 127, 0, 0, 0]));
    socket.on('message', (/** @type {Buffer} */ packet) => {
      if (packet[0] === 1) socket.send(Buffer.concat([Buffer.from([4]), packet.subarray(1, 5), Buffer.from([reason])]));
    });
  });
  return wsRunning(server);
}

/** A relay of one WebSocket for each connection, which sends text. */
async function textRelay() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) => socket.send('text'));
  return wsRunning(server);
}

function wsRunning(server) {
  const url = `ws://127.0.0.1:${server.address().port}/`;
  const close = () => {
    for (const client of server.clients) client.terminate();
    server.close();
  };
  return { url, close };
}

const byWisp = (reason) => () =>
  codeWith(
    wispRelay(reason),
    ({ url }) => ({ transport: wisp(url, { WebSocket }) }),
    () => 'ws://server.example/',
  );

/** A proxy that answers so. */
const byProxy = (answer) => () =>
  codeWith(
    startRaw(answer),
    ({ url }) => ({ transport: tcp({ proxy: url.replace('ws:', 'http:') }) }),
    () => 'ws://server.example/',
  );

/** What a program prints that runs in a process of its own. */
async function printed(script) {
  const { output } = await runNode(moduleArgs(script), import.meta.dirname);
  return output.trim();
}

/** A program that prints the code of a connection to a server that refuses it. */
const program = (before, options, url) => `
  ${before}
  const { connectionOf, native, WebSocket } = await import('websocket-wasm');
  const socket = new WebSocket('${url}', ${options});
  socket.onclose = () => console.log(connectionOf(socket).failure?.code);`;

/**
 * Flips a bit in what a transport delivers once a connection is open.
 * @returns {any}
 */
function tampering(target) {
  const plain = { ...target, secure: false };
  let delivered = 0;
  return Promise.resolve(tcp(plain)).then((link) => ({
    ...bound(link),
    open: (sink) =>
      link.open({
        data: (chunk) => {
          delivered += 1;
          const bytes = Uint8Array.from(chunk);
          if (delivered > 1) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
          sink.data(bytes);
        },
        end: () => sink.end(),
        fail: (error) => sink.fail(error),
      }),
  }));
}

/**
 * A link's methods, as an object of its own.
 * @returns {any}
 */
function bound(link) {
  return Object.fromEntries(
    ['write', 'pause', 'resume', 'end', 'destroy'].map((name) => [name, (...args) => link[name](...args)]),
  );
}

/** @type {Record<string, () => Promise<string | undefined>>} */
export const CASES = {
  aborted: () =>
    codeWith(
      startRaw(() => {}),
      { signal: AbortSignal.timeout(20) },
    ),
  'blocked-port': () => codeWith(unused(), {}, () => 'ws://127.0.0.1:6667/'),
  'connect-failed': () => codeWith(unused(), { transport: tcp({ path: '/nonexistent/socket' }) }),
  'connect-refused': () => codeWith(unused()),
  'connect-timeout': () =>
    codeWith(
      startRaw(() => {}),
      { transport: tcp({ timeout: 20 }) },
      secure,
    ),
  'host-not-found': () => {
    const lookup = (_name, _options, callback) => callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    return codeWith(unused(), { transport: tcp({ lookup }) }, () => 'ws://server.example/');
  },
  'host-unreachable': byWisp(0x42),
  'proxy-unreachable': () =>
    codeWith(unused(), ({ url }) => ({ transport: tcp({ proxy: url.replace('ws:', 'http:') }) })),
  'proxy-refused': byProxy((socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')),
  'proxy-failed': byProxy((socket) => socket.end('garbage\r\n\r\n')),
  'proxy-invalid': () =>
    printed(
      program(
        "Object.assign(process.env, { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'gopher://proxy' });",
        '{}',
        'ws://server.example/',
      ),
    ),
  'tls-certificate-revoked': async () => {
    const certificate = localhost();
    const crl = crlOf(root(), [certificate]);
    return codeWith(startTls({ certificate }), { transport: tcp({ ca, crl }) }, (url) =>
      url.replace('127.0.0.1', 'localhost'),
    );
  },
  'tls-failed': () => codeWith(startSpeaking(), {}, secure),
  'tls-bad-record': () =>
    codeWith(startTls({ certificate: localhost() }), { transport: tls(tampering, { ca }) }, (url) =>
      url.replace('127.0.0.1', 'localhost'),
    ),
  'transport-not-encrypted': () => codeWith(unused(), { transport: () => linkInMemory(() => {}) }, secure),
  'transport-failed': () => codeWith(startAccepting((socket) => setTimeout(() => socket.resetAndDestroy(), 20))),
  'input-overrun': () => codeWith(unused(), { transport: overrun, highWaterMark: 1 }),
  'relay-unreachable': () => codeWith(unused(), ({ url }) => ({ transport: wisp(url, { WebSocket }) })),
  'relay-unauthorized': byWisp(0xc2),
  'relay-blocked': byWisp(0x48),
  'relay-throttled': byWisp(0x49),
  'relay-closed': byWisp(0x01),
  'relay-invalid': () =>
    codeWith(
      textRelay(),
      ({ url }) => ({ transport: relay(`${url}{hostname}:{port}`, { WebSocket }) }),
      () => 'ws://server.example/',
    ),
  'handshake-timeout': answering(() => {}, { handshakeTimeout: 20 }),
  'handshake-incomplete': answering((socket) => socket.end()),
  'handshake-not-http': answering((socket) => socket.end('SSH-2.0-OpenSSH\r\n')),
  'handshake-too-large': answering((socket) => socket.write('HTTP/1.1 200 OK\r\n'), { maxHeaderSize: 10 }),
  'handshake-status': answering((socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')),
  'handshake-header': answering((socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')),
  'handshake-extension': answering((socket, request) => socket.end(acceptance(request, 'Sec-WebSocket-Extensions: x'))),
  'handshake-subprotocol': answering((socket, request) => socket.end(acceptance(request, 'Sec-WebSocket-Protocol: x'))),
  'reserved-bits': sending([0xa1, 0]),
  'reserved-opcode': sending([0x83, 0]),
  'masked-frame': sending([0x81, 0x80, 0, 0, 0, 0]),
  'invalid-length': sending([0x81, 126, 0, 1, 0x78]),
  'invalid-control-frame': sending([0x09, 0]),
  'unexpected-continuation': sending([0x80, 0]),
  'expected-continuation': sending([0x01, 0, 0x81, 0]),
  'invalid-close-frame': sending([0x88, 1, 3]),
  'invalid-close-code': sending([0x88, 2, 0x03, 0xed]),
  'invalid-utf8': sending([0x81, 1, 0xff]),
  'invalid-deflate': sending([0xc1, 2, 7, 0], {}, 'Sec-WebSocket-Extensions: permessage-deflate'),
  'message-too-big': sending([0x82, 2, 1, 1], { maxMessageSize: 1 }),
  'too-many-fragments': sending([0x01, 0, 0x00, 0], { maxFragments: 1 }),
  'no-randomness': async () => {
    const none = `crypto.getRandomValues = () => { throw new Error('none'); };`;
    const server = await startRaw(() => {});
    try {
      return await printed(program(none, '{}', server.url));
    } finally {
      await server.close();
    }
  },
  'close-timeout': async () => {
    const server = await startAccepting();
    try {
      const socket = await open(server.url, { closeTimeout: 20 });
      await shut(socket);
      return connectionOf(socket).failure?.code;
    } finally {
      await server.close();
    }
  },
  'keep-alive-timeout': () => codeWith(startAccepting(), { keepAlive: { interval: 20, timeout: 20 } }),
  terminated: async () => {
    const server = await startAccepting();
    try {
      const socket = await open(server.url);
      const closed = next(socket, 'close');
      connectionOf(socket).terminate();
      await closed;
      return connectionOf(socket).failure?.code;
    } finally {
      await server.close();
    }
  },
  'closed-without-close-frame': () => codeWith(startAccepting((socket) => socket.end())),
  'not-reported': async () => {
    const server = await startRaw((socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    const platform = `const { WebSocket: Ws } = await import('ws'); globalThis.WebSocket = Ws;`;
    try {
      return await printed(program(platform, '{ transport: native }', server.url));
    } finally {
      await server.close();
    }
  },
};
