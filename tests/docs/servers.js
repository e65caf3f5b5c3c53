// Local servers for the names in the examples: echo.example, silent.example, relay.example and proxy.example.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import net from 'node:net';
import { Server as ProxyServer } from 'proxy-chain';
import { WebSocketServer } from 'ws';
import { startRelay } from '../../scripts/servers.js';

const TLS = new URL('../support/servers/tls/', import.meta.url);

/** The authority that issued the certificate of `wss://echo.example`. */
export const AUTHORITY = new URL('ca.crt', TLS);

/**
 * Starts the servers.
 * @returns {Promise<{ localize: (code: string) => string, close: () => void }>} `localize` replaces the addresses in the docs
 *   with those of the servers
 */
export async function startServers() {
  const plain = echo(createServer());
  const pem = (name) => readFileSync(new URL(name, TLS));
  const secure = echo(createTlsServer({ key: pem('server.key'), cert: pem('server.crt') }));
  const sockets = new Set();
  const silent = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  const servers = [plain, secure, silent];
  for (const server of servers) server.listen(0, '127.0.0.1');
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const port = (server) => /** @type {net.AddressInfo} */ (server.address()).port;
  const relay = await startRelay({ targets: [port(plain)] });
  const proxy = new ProxyServer({ host: '127.0.0.1', port: 0 });
  await proxy.listen();
  const addresses = {
    'http://proxy.example:3128/': `http://127.0.0.1:${proxy.port}/`,
    'wss://relay.example/': relay.url,
    'wss://echo.example': `wss://localhost:${port(secure)}`,
    '//echo.example': `//127.0.0.1:${port(plain)}`,
    '//silent.example': `//127.0.0.1:${port(silent)}`,
  };
  return {
    localize: (code) => Object.entries(addresses).reduce((text, [from, to]) => text.replaceAll(from, to), code),
    close: () => {
      relay.close();
      proxy.close(true);
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
      plain.closeAllConnections();
      secure.closeAllConnections();
    },
  };
}

/**
 * An echo server. `/refused` responds with 401, `/headers` sends the request's headers, `/deaf` never reads, `/drops` drops the
 * connection soon after it opens.
 */
function echo(http) {
  const server = new WebSocketServer({
    server: http,
    perMessageDeflate: true,
    handleProtocols: ([first]) => first,
    verifyClient: ({ req }) => req.url !== '/refused',
  });
  server.on('connection', (socket, { url, headers }) => {
    socket.on('error', () => {});
    if (url === '/deaf') socket.pause();
    if (url === '/drops') setTimeout(() => socket.terminate(), 20);
    if (url === '/headers') socket.send(JSON.stringify(headers));
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  return http;
}
