// The peer of the benchmarks, npm `ws` as a server, in a process of its own so that its work isn't measured. Its argument
// is the number of rounds; it prints its port. A client with the path /send gets all messages in each round, compressed.
// From others it discards all messages, and after all rounds sends the number of bytes that the connection received.
import { WebSocketServer } from 'ws';
import { messages } from './messages.js';

const rounds = Number(process.argv[2]);
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: { threshold: 0 } });
server.on('connection', (socket, request) => {
  // ws has no public name for the count of bytes.
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
