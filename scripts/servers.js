// The real servers that the page and the tests talk to: an echo server (npm `ws`) and a Wisp relay (npm `wisp-js`).
// On loopback only.
import { once } from 'node:events';
import { createServer } from 'node:http';
import net from 'node:net';

const HOST = '127.0.0.1';

/** @typedef {{ url: string, port: number, close: () => Promise<unknown> }} Running a server that runs */

/**
 * Starts a server that sends every message back as it came.
 * @param {{ port?: number, perMessageDeflate?: boolean | object }} [options] port 0, the default, takes any free one; the
 *   other is `ws`'s own, `false` by default
 * @returns {Promise<Running & { counts: () => string }>} with what it has seen by path, for people
 */
export async function startEcho({ port = 0, perMessageDeflate = false } = {}) {
  const { WebSocketServer } = await import('ws');
  const http = createServer((_, response) => response.writeHead(426, { upgrade: 'websocket' }).end());
  const sockets = new WebSocketServer({
    server: http,
    perMessageDeflate,
    maxPayload: 256 * 1024 * 1024,
    handleProtocols: ([first]) => first,
  });
  // The HTTP server's errors, which `ws` repeats, are answered in `listen`.
  sockets.on('error', () => {});
  const all = new Map();
  sockets.on('connection', (socket, request) => {
    const path = request.url ?? '/';
    const seen = all.get(path) ?? { connections: 0, texts: 0, binaries: 0, bytes: 0 };
    all.set(path, seen);
    seen.connections += 1;
    socket.on('message', (data, isBinary) => {
      seen[isBinary ? 'binaries' : 'texts'] += 1;
      seen.bytes += data.length;
      socket.send(data, { binary: isBinary });
    });
    socket.on('error', () => {});
  });
  const stop = () => {
    for (const socket of sockets.clients) socket.terminate();
  };
  const counts = () => [...all].map(([path, seen]) => `${path} ${JSON.stringify(seen)}`).join(' ');
  return { ...(await listen(http, port, stop)), counts };
}

/**
 * Starts a Wisp relay that reaches the given ports of this machine and nothing else. The ports hold for every relay of
 * the process: wisp-js keeps its options there.
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
  const http = createServer((_, response) => response.writeHead(426, { upgrade: 'websocket' }).end());
  const sockets = new Set();
  http.on('upgrade', (request, socket, head) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    wisp.routeRequest(request, socket, head);
  });
  return listen(http, port, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** A port that nobody listens on, for a program that wants to be told one. */
export async function freePort() {
  const server = net.createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

async function listen(http, port, stop) {
  await new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, HOST, resolve);
  });
  const address = /** @type {import('node:net').AddressInfo} */ (http.address());
  return {
    url: `ws://${HOST}:${address.port}/`,
    port: address.port,
    close: () => {
      stop();
      return new Promise((resolve) => http.close(resolve));
    },
  };
}
