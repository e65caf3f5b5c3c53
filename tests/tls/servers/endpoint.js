// A TLS echo server by node:tls, for whichever runtime runs this file: Node (OpenSSL), Bun (BoringSSL) or Deno (rustls).
// Its argument is JSON: the options of `tls.createServer()`, and `to`, a port of this machine that connections are passed
// on to instead. It prints its port, then a line of JSON for each event. A line of its standard input ends all connections.
import net from 'node:net';
import tls from 'node:tls';

const { to, ...options } = JSON.parse(process.argv[2] ?? '{}');
const print = (line) => console.log(JSON.stringify(line));

const sockets = new Set();
const server = tls.createServer(options, (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  const { CN } = socket.getPeerCertificate?.()?.subject ?? {};
  print({ opened: socket.getProtocol?.(), alpn: socket.alpnProtocol || undefined, client: CN });
  socket.on('error', ({ message }) => print({ failed: message }));
  socket.on('end', () => print({ ended: true }));
  if (!to) {
    socket.pipe(socket);
    return;
  }
  const plain = net.connect(to, '127.0.0.1');
  plain.on('error', () => socket.destroy());
  plain.on('close', () => socket.end());
  socket.on('close', () => plain.destroy());
  socket.pipe(plain).pipe(socket);
});
server.on('tlsClientError', ({ message }) => print({ refused: message }));
server.listen(0, '127.0.0.1', () => print({ port: /** @type {net.AddressInfo} */ (server.address()).port }));
process.stdin.on('data', () => {
  for (const socket of sockets) socket.end();
});
// With the parent's process.
process.stdin.on('end', () => process.exit());
