// For each failure code a real peer that makes connections fail with it. failure-programs.js has those that take a process
// of their own.
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionOf, tcp, tls, WebSocket, wisp } from 'websocket-wasm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { relay } from 'websocket-wasm/transports';
import { WebSocket as Ws } from 'ws';
import { listen } from '../../../scripts/servers.js';
import { closeFrame, frame } from '../../support/servers/frame.js';
import { acceptance, against, startAccepting, startRaw } from '../../support/servers/raw.js';
import { CLOSE, CONNECT, packet, start, startScripted, WITHOUT_SUBPROTOCOL } from '../../support/servers/relay.js';
import { crlOf } from '../../support/tls/crl.js';
import { localhost, root, stranger } from '../../support/tls/pki.js';
import { startTls } from '../../support/tls/server.js';
import { linkInMemory } from './link-in-memory.js';
import { next, open, story, until } from './sockets.js';

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
const toLocalhost = (url) => url.replace('127.0.0.1', 'localhost');
const ca = root().certPem;

/** A server that sends these bytes after it has accepted. */
const sending =
  (bytes, options = {}, ...headers) =>
  () =>
    codeWith(
      startAccepting((socket) => socket.write(Buffer.from(bytes)), ...headers),
      options,
    );

/** The code with which a connection fails once it is open: what its server does then, and what the program does. */
function codeAfter(serve, use, options = {}) {
  return against(serve, async (url) => {
    const socket = await open(url, options);
    const closed = next(socket, 'close');
    use(socket);
    await closed;
    return connectionOf(socket).failure?.code;
  });
}

/** A server that answers so to the handshake. */
const answering = (answer, options) => () => codeWith(startRaw(answer), options);

let port = 200;
/**
 * A port at which nobody listens. A free one could be given to the server of another case, and attempts to connect to the
 * same one wait for each other.
 */
async function unused() {
  port += 1;
  return { url: `ws://127.0.0.1:${port}/`, close: () => {} };
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
function closingRelay(reason) {
  return startScripted(
    (carrier, { type, id }) => {
      if (type === CONNECT) carrier.send(packet(CLOSE, id, reason));
    },
    { ws: WITHOUT_SUBPROTOCOL },
  );
}

/** A relay of one WebSocket for each connection, at which a server accepts, and sends 70 MiB at once. */
function flood(carrier) {
  carrier.once('message', (/** @type {ArrayBuffer} */ request) => {
    carrier.send(Buffer.from(acceptance(Buffer.from(request).toString('latin1'))));
    const message = frame(0x82, Buffer.alloc(1 << 20));
    for (let sent = 0; sent < 70; sent += 1) carrier.send(message);
  });
}

const byWisp = (reason) => () =>
  codeWith(
    closingRelay(reason),
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
  // Begins first: its limit of 10 seconds can't be set.
  'relay-timeout': () =>
    codeWith(
      startScripted(() => {}, { accepts: false }),
      ({ url }) => ({ transport: wisp(url, { WebSocket }) }),
      () => 'ws://silent.example/',
    ),
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
  'tls-certificate-revoked': async () => {
    const certificate = localhost();
    const crl = crlOf(root(), [certificate]);
    return codeWith(startTls({ certificate }), { transport: tcp({ ca, crl }) }, toLocalhost);
  },
  'tls-invalid-options': async () => {
    // The key isn't that of the certificate: only the module can tell.
    const options = { ca, cert: stranger().issue({ usages: ['clientAuth'] }).certPem, key: localhost().keyPem };
    return codeWith(startTls({ certificate: localhost() }), { tls: options }, toLocalhost);
  },
  'tls-failed': () => codeWith(startSpeaking(), {}, secure),
  'tls-bad-record': () =>
    codeWith(startTls({ certificate: localhost() }), { transport: tls(tampering, { ca }) }, toLocalhost),
  'transport-not-encrypted': () => codeWith(unused(), { transport: () => linkInMemory(() => {}) }, secure),
  // That it leaves bytes unread makes the end a reset.
  'transport-failed': () =>
    codeAfter(
      (socket) => socket.once('data', () => socket.destroy()),
      (socket) => socket.send(new Uint8Array(1 << 20)),
    ),
  'input-overrun': () => codeWith(unused(), { transport: overrun, highWaterMark: 1 }),
  'relay-unreachable': () => codeWith(unused(), ({ url }) => ({ transport: wisp(url, { WebSocket }) })),
  'relay-unauthorized': byWisp(0xc2),
  'relay-blocked': byWisp(0x48),
  'relay-throttled': byWisp(0x49),
  'relay-closed': byWisp(0x01),
  'relay-invalid': () =>
    codeWith(
      start((carrier) => carrier.send('text')),
      ({ url }) => ({ transport: relay(`${url}{hostname}:{port}`, { WebSocket }) }),
      () => 'ws://server.example/',
    ),
  'too-much-unread': async () => {
    const server = await start(flood);
    // npm's class can't wait, as a browser's can't.
    const transport = relay(`${server.url}{hostname}:{port}`, { WebSocket: /** @type {any} */ (Ws) });
    try {
      const stream = new WebSocketStream('ws://server.example/', { transport, highWaterMark: 1 });
      const { readable } = await stream.opened;
      await until(() => server.open === 0);
      // What was received before that can still be read.
      const reader = readable.getReader();
      while (!(await reader.read().catch(() => ({ done: true }))).done);
      const { cause } = await stream.closed.catch((error) => error);
      return cause?.code;
    } finally {
      await server.close();
    }
  },
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
  'unreadable-blob': async () => {
    const folder = await mkdtemp(join(tmpdir(), 'failure-cases-'));
    try {
      const file = join(folder, 'file');
      await writeFile(file, 'gone soon');
      const blob = await openAsBlob(file);
      await rm(file);
      return await codeAfter(
        () => {},
        (socket) => socket.send(blob),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  'close-timeout': () =>
    codeAfter(
      () => {},
      (socket) => socket.close(),
      { closeTimeout: 20 },
    ),
  'keep-alive-timeout': () => codeWith(startAccepting(), { keepAlive: { interval: 20, timeout: 20 } }),
  terminated: () =>
    codeAfter(
      () => {},
      (socket) => connectionOf(socket).terminate(),
    ),
  'closed-without-close-frame': () => codeWith(startAccepting((socket) => socket.end())),
  'closed-before-sent': () =>
    codeAfter(
      (socket) => socket.once('data', () => socket.pause().end(closeFrame(4567))),
      (socket) => {
        for (let i = 0; i < 20; i += 1) socket.send(new Uint8Array(1 << 20));
      },
      { perMessageDeflate: false },
    ),
};
