// The servers that the page and the tests connect to: an echo server (npm `ws`), with or without TLS, and a Wisp relay
// (npm `wisp-js`). On loopback only.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import net from 'node:net';

const HOST = '127.0.0.1';

/**
 * A running server.
 * @typedef {object} Running
 * @property {string} url with a slash at its end
 * @property {string} origin the same without the slash
 * @property {number} port
 * @property {() => Promise<unknown>} close destroys its connections, too
 */

/**
 * Starts a server that sends every message back, and refuses `/refused`.
 * @param {{ port?: number, perMessageDeflate?: boolean | object, certificate?: import('./certificates.js').Certificate }}
 *   [options] port 0, the default, means any free one; `perMessageDeflate` is npm `ws`'s option, `false` by default; with
 *   a certificate it is a TLS server
 * @returns {Promise<Running & { sockets: import('ws').WebSocketServer, counts: () => string }>} `counts` summarises the
 *   traffic by path, for people
 */
export async function startEcho({ port = 0, perMessageDeflate = false, certificate } = {}) {
  const http = certificate
    ? createTlsServer({ cert: certificate.certPem, key: certificate.keyPem }, refuse)
    : createServer(refuse);
  const verifyClient = ({ req }, done) =>
    req.url === '/refused' ? done(false, 403, 'This path refuses every connection.') : done(true);
  const sockets = await echoOn(http, { perMessageDeflate, verifyClient });
  const all = new Map();
  sockets.on('connection', (socket, request) => {
    const path = request.url ?? '/';
    const seen = all.get(path) ?? { connections: 0, texts: 0, binaries: 0, bytes: 0 };
    all.set(path, seen);
    seen.connections += 1;
    socket.on('message', (data, isBinary) => {
      seen[isBinary ? 'binaries' : 'texts'] += 1;
      seen.bytes += data.length;
    });
  });
  const counts = () => [...all].map(([path, seen]) => `${path} ${JSON.stringify(seen)}`).join(' ');
  return { ...(await listen(http, { port, scheme: certificate ? 'wss' : 'ws' })), sockets, counts };
}

/**
 * Makes an HTTP server send every WebSocket message back.
 * @param {import('node:http').Server} server
 * @param {import('ws').ServerOptions} [options] npm `ws`'s
 */
export async function echoOn(server, options) {
  const { WebSocketServer } = await import('ws');
  const maxPayload = 256 * 1024 * 1024;
  const sockets = new WebSocketServer({ server, maxPayload, handleProtocols: ([first]) => first, ...options });
  // `ws` repeats the HTTP server's errors, which `listen` handles.
  sockets.on('error', () => {});
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('error', () => {});
  });
  return sockets;
}

/**
 * Starts a Wisp relay that connects to the given ports of this machine and nothing else. The ports apply to every relay
 * of the process: wisp-js keeps its options there.
 * @param {{ port?: number, targets: number[] }} options
 * @returns {Promise<Running>}
 */
export async function startRelay({ port = 0, targets }) {
  const { server: wisp, logging } = await import('@mercuryworkshop/wisp-js/server');
  logging.set_level(logging.NONE);
  Object.assign(wisp.options, {
    allow_loopback_ips: true,
    allow_private_ips: true,
    allow_udp_streams: false,
    hostname_whitelist: [/^(127\.0\.0\.1|localhost)$/],
    port_whitelist: targets,
  });
  const http = createServer(refuse);
  http.on('upgrade', (request, socket, head) => wisp.routeRequest(request, socket, head));
  return listen(http, { port });
}

/** Answers a request that asks for no upgrade. */
function refuse(_, response) {
  response.writeHead(426, { upgrade: 'websocket' }).end();
}

/** A free port, for a program that needs one as an argument. */
export async function freePort() {
  const server = net.createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Makes a server listen on loopback.
 * @param {net.Server} server of any protocol over TCP
 * @param {{ port?: number, scheme?: string }} [options]
 * @returns {Promise<Running>}
 */
export async function listen(server, { port: wanted = 0, scheme = 'ws' } = {}) {
  const connections = new Set();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, HOST, () => resolve(undefined));
  });
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  const origin = `${scheme}://${HOST}:${port}`;
  const close = () => {
    for (const socket of connections) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `${origin}/`, origin, port, close };
}
