// Local servers for the names in the examples: echo.example, members.example, silent.example, relay.example,
// websockify.example, tunnel.example, proxy.example, locked.example and the unix socket /run/app.sock.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { startRelay } from '../../scripts/servers.js';
import { startStreamRelay } from '../../scripts/stream-relay.js';
import { startHttpProxy, startSocksProxy } from '../support/servers/proxies.js';
import { localhost, root } from '../support/tls/pki.js';

const client = root().issue({ name: 'Alice', usages: ['clientAuth'] });

/** The files that examples read: of the authority that issued the servers' certificates, and of a client. */
export const FILES = {
  'authority.pem': root().certPem,
  'client.pem': client.certPem,
  'client-key.pem': client.keyPem,
};

/**
 * Starts the servers.
 * @returns {Promise<{ localize: (code: string) => string, close: () => void }>} `localize` replaces the addresses in the docs
 *   with those of the servers, and the pin with one of the authority's key
 */
export async function startServers() {
  const { certPem: cert, keyPem: key } = localhost();
  const plain = echo(createServer());
  const secure = echo(createTlsServer({ cert, key }));
  const members = echo(createTlsServer({ cert, key, ca: root().certPem, requestCert: true }));
  const sockets = new Set();
  const silent = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  const port = (server) => /** @type {net.AddressInfo} */ (server.address()).port;
  const tunnel = tunnelTo(createServer(), () => port(secure));
  const websockify = tunnelTo(createServer(), () => port(plain));
  const servers = [plain, secure, members, silent, tunnel, websockify];
  for (const server of servers) server.listen(0, '127.0.0.1');
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const relay = await startRelay({ targets: [plain, secure, members].map(port) });
  const folder = mkdtempSync(join(tmpdir(), 'docs-'));
  const unix = echo(createServer()).listen(join(folder, 'app.sock'));
  await once(unix, 'listening');
  const proxies = {
    http: await startHttpProxy(),
    locked: await startHttpProxy({ credentials: { username: 'alice', password: 'secret' } }),
    socks: await startSocksProxy(),
  };
  const single = await startStreamRelay({ targets: [plain, secure].map(port) });
  const addresses = {
    'http://proxy.example:3128/': `${proxies.http.url}/`,
    '@locked.example:3128/': `@127.0.0.1:${proxies.locked.port}/`,
    'socks5h://proxy.example:1080': proxies.socks.url,
    '/run/app.sock': join(folder, 'app.sock'),
    // The examples without the option `ca` are for servers whose certificates everyone trusts.
    "wisp('wss://relay.example/')": `wisp('${relay.url}', ${JSON.stringify({ tls: { ca: root().certPem } })})`,
    "relay('wss://relay.example/{hostname}:{port}')": `relay('${single.template}', ${JSON.stringify({ tls: { ca: root().certPem } })})`,
    'wss://relay.example/?address=': `${single.origin}/?address=`,
    'wss://websockify.example/': `ws://127.0.0.1:${port(websockify)}/`,
    'wss://relay.example/': relay.url,
    'wss://tunnel.example/': `ws://127.0.0.1:${port(tunnel)}/`,
    'wss://members.example': `wss://localhost:${port(members)}`,
    'wss://echo.example': `wss://localhost:${port(secure)}`,
    '//echo.example': `//127.0.0.1:${port(plain)}`,
    '//silent.example': `//127.0.0.1:${port(silent)}`,
    'sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=': `sha256/${root().spkiSha256}`,
  };
  return {
    localize: (code) => Object.entries(addresses).reduce((text, [from, to]) => text.replaceAll(from, to), code),
    close: () => {
      relay.close();
      for (const proxy of Object.values(proxies)) proxy.close();
      for (const server of [...servers, unix]) server.close();
      rmSync(folder, { recursive: true });
      single.close();
      for (const socket of sockets) socket.destroy();
      for (const server of [plain, secure, members, tunnel, unix, websockify]) server.closeAllConnections();
    },
  };
}

/**
 * An echo server. `/refused` responds with 401 and `/busy` with 429, each with JSON that says why; `/headers` sends the request's headers, `/name` the common name of the
 * client's certificate, `/deaf` never reads, `/drops` drops the connection soon after it opens.
 */
function echo(http) {
  const server = new WebSocketServer({
    server: http,
    perMessageDeflate: true,
    handleProtocols: ([first]) => first,
    verifyClient: ({ req }, done) => {
      const json = { 'Content-Type': 'application/json' };
      if (req.url === '/refused') done(false, 401, '{"error":"token expired"}', json);
      else if (req.url === '/busy')
        done(false, 429, '{"error":"too many connections"}', { ...json, 'Retry-After': '1' });
      else done(true);
    },
  });
  server.on('connection', (socket, { url, headers, socket: connection }) => {
    socket.on('error', () => {});
    if (url === '/deaf') socket.pause();
    if (url === '/drops') setTimeout(() => socket.terminate(), 20);
    if (url === '/headers') socket.send(JSON.stringify(headers));
    if (url === '/name') socket.send(/** @type {any} */ (connection).getPeerCertificate().subject.CN);
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  return http;
}

/** A server whose WebSockets carry the bytes of a TCP connection each, as websockify does it. */
function tunnelTo(http, port) {
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    const carried = createWebSocketStream(socket).on('error', () => {});
    const connection = net.connect(port(), '127.0.0.1').on('error', () => {});
    carried.pipe(connection).pipe(carried);
  });
  return http;
}
