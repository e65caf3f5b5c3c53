// TLS servers on loopback, and transports that reach them under every host name.
import { once } from 'node:events';
import net from 'node:net';
import { Duplex } from 'node:stream';
import { after, before } from 'node:test';
import { tls, WebSocket, wisp } from 'websocket-wasm';
import { startRelay } from '../../../scripts/servers.js';
import { toLoopback } from '../../support/tls/exchange.js';
import { startTls } from '../../support/tls/server.js';
import { next } from './sockets.js';

export { toLoopback } from '../../support/tls/exchange.js';

/** The ports that the relay may connect to. @type {number[]} */
const targets = [];
/** @type {import('../../../scripts/servers.js').Running} */
export let relay;
before(async () => {
  relay = await startRelay({ targets });
});
after(() => relay?.close());

/** Starts servers at the relay's other side, until the test ends. */
export async function running(t, start) {
  const server = await start();
  t.after(() => server.close());
  targets.push(server.port);
  return server;
}

/** A TLS server that lives as long as the test. */
export const served = (t, options) => running(t, () => startTls(options));

/** A transport of plain bytes, as a user may write it: Node's sockets as byte streams. */
export async function plain({ hostname, port }) {
  const socket = net.connect(port, hostname);
  await once(socket, 'connect');
  socket.setNoDelay(true);
  return Duplex.toWeb(socket);
}

/** Transports that carry wss: by TLS of this package, and reach every host on loopback. */
export const CARRIERS = {
  "Node's sockets": () => tls(toLoopback(plain)),
  'the relay': () => tls(toLoopback(wisp(relay.url, { WebSocket }))),
};

/** Connects to a server by its port. */
export function connect({ port }, options, { host = 'localhost', transport = CARRIERS["Node's sockets"]() } = {}) {
  const socket = new WebSocket(`wss://${host}:${port}/`, { transport, tls: options, perMessageDeflate: false });
  socket.binaryType = 'arraybuffer';
  return socket;
}

/** The same, opened. */
export async function opened(server, options, more) {
  const socket = connect(server, options, more);
  await next(socket, 'open');
  return socket;
}
