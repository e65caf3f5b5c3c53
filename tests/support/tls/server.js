// TLS servers on loopback: Node's own TLS with npm `ws` over it, which sends every message back.
import { createServer } from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { echoOn, listen } from '../../../scripts/servers.js';

/**
 * @typedef {object} TlsServer
 * @property {string} url
 * @property {number} port
 * @property {() => Promise<unknown>} close destroys its connections, too
 * @property {tls.Server} server
 * @property {import('ws').WebSocketServer} sockets
 * @property {tls.TLSSocket[]} connections whose handshake was completed, in order
 * @property {string[]} keylog the key log's lines of all connections
 */

/**
 * @typedef {object} TlsServerOptions
 * @property {import('../../../scripts/certificates.js').Certificate} certificate
 * @property {import('../../../scripts/certificates.js').Certificate[]} [chain] sent after it
 */

/** Node's cipher suites without a least security level: weak keys, weak signatures and old versions are possible. */
const WEAK_TOO = `${tls.DEFAULT_CIPHERS}:@SECLEVEL=0`;

/**
 * Starts a server.
 * @param {TlsServerOptions & tls.TlsOptions} options and Node's
 * @returns {Promise<TlsServer>}
 */
export async function startTls({ certificate, chain = [], ...options }) {
  const http = createServer((_, response) => response.writeHead(426).end());
  const sockets = await echoOn(http);
  const connections = [];
  const keylog = [];
  const server = tls.createServer({
    key: certificate.keyPem,
    cert: [certificate, ...chain].map(({ certPem }) => certPem).join(''),
    ciphers: WEAK_TOO,
    ALPNProtocols: ['http/1.1'],
    ...options,
  });
  server.on('secureConnection', (socket) => {
    connections.push(socket);
    socket.on('error', () => {});
    http.emit('connection', socket);
  });
  server.on('tlsClientError', () => {});
  server.on('keylog', (line) => keylog.push(String(line)));
  return { ...(await listen(server, { scheme: 'wss' })), server, sockets, connections, keylog };
}

/**
 * Starts a server that handles its connections by itself, once their handshake is completed.
 * @param {TlsServerOptions & tls.TlsOptions} options
 * @param {(socket: tls.TLSSocket) => void} serve
 */
export function startTlsBytes({ certificate, chain = [], ...options }, serve) {
  const server = tls.createServer({
    key: certificate.keyPem,
    cert: [certificate, ...chain].map(({ certPem }) => certPem).join(''),
    ...options,
  });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  server.on('tlsClientError', () => {});
  return listen(server, { scheme: 'wss' });
}

/**
 * Starts a TCP server that isn't a TLS server.
 * @param {(socket: net.Socket) => void} serve
 */
export function startTcp(serve) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  return listen(server, { scheme: 'wss' });
}
