// The peer of the soak, npm `ws` as a server, in a process of its own. It sends every message back; a path of the URL says
// how it ends the connection when the client sends the text `end`. It prints its port.
import { WebSocketServer } from 'ws';

/** ws has no public name for the TCP connection. @returns {import('node:net').Socket} */
const tcpOf = (socket) => /** @type {any} */ (socket)._socket;

/** By the path. */
const ends = {
  'server-close': (socket) => socket.close(1000, 'done'),
  'half-close': (socket) => tcpOf(socket).end(),
  reset: (socket) => tcpOf(socket).resetAndDestroy(),
  // The client's Close frame isn't read.
  silent: (socket) => tcpOf(socket).pause(),
};

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true, maxPayload: 2 ** 30 });
server.on('connection', (socket, request) => {
  const path = request.url?.slice(1);
  // A peer that doesn't read.
  if (path === 'deaf') tcpOf(socket).pause();
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => {
    if (!isBinary && `${data}` === 'end') ends[path]?.(socket);
    else socket.send(data, { binary: isBinary });
  });
});
server.on('listening', () => process.send?.(/** @type {import('node:net').AddressInfo} */ (server.address()).port));
process.on('disconnect', () => process.exit());
