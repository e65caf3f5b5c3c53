// The other end of the benchmarks, in a process of its own so that its work isn't counted: npm `ws` as a server.
// Its argument is JSON: `{ messages, rounds }`. It prints its port; a client whose path is /send gets the messages that
// often, each compressed; what others send is read and forgotten, and their connection's bytes are told when they ask.
import { WebSocketServer } from 'ws';
import { messages } from './messages.js';

const rounds = Number(process.argv[2]);
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: { threshold: 0 } });
server.on('connection', (socket, request) => {
  // The count is ours to take: ws has no name for it.
  const { _socket: tcp } = /** @type {any} */ (socket);
  if (request.url === '/send') {
    for (let i = 0; i < rounds; i += 1) for (const message of messages) socket.send(message);
  }
  let received = 0;
  socket.on('message', () => {
    received += 1;
    if (received === rounds * messages.length) socket.send(`${tcp.bytesRead}`);
  });
});
server.on('listening', () => console.log(/** @type {import('node:net').AddressInfo} */ (server.address()).port));
process.on('disconnect', () => process.exit());
