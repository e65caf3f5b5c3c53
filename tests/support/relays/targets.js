// TCP servers that a relay connects to, on loopback.
import net from 'node:net';
import { listen } from '../../../scripts/servers.js';

/**
 * Starts a server that keeps each half of a connection open until it is told otherwise.
 * @param {(socket: net.Socket) => void} serve
 */
function start(serve) {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  return listen(server, { scheme: 'tcp' });
}

/** Sends everything back, and ends after the client has. */
export const startTcpEcho = () => start((socket) => socket.pipe(socket));

/** Answers with the number of bytes once the client has ended its side. */
export const startCounter = () =>
  start((socket) => {
    let bytes = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('end', () => socket.end(`${bytes}`));
  });

/** Says hello and ends its side, then counts what it still gets; `counts()` is it for all connections. */
export async function startEarlyEnd() {
  let received = '';
  const server = await start((socket) => {
    socket.end('hello');
    socket.on('data', (chunk) => {
      received += chunk;
    });
  });
  return { ...server, received: () => received };
}

/** Resets each connection after its first byte. */
export const startResetter = () => start((socket) => socket.once('data', () => socket.resetAndDestroy()));

/** Counts how connections end: by an end, or by a reset. */
export async function startWatcher() {
  const ends = [];
  const server = await start((socket) => {
    socket.on('error', (error) => ends.push(/** @type {any} */ (error).code));
    socket.on('end', () => {
      ends.push('end');
      socket.end();
    });
    socket.resume();
    socket.write('hello');
  });
  return { ...server, ends };
}

/**
 * Sends that many bytes, as fast as they are taken, and ends; `sent()` is how many the system took.
 * @param {number} total
 */
export async function startFlood(total) {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const sockets = [];
  const server = await start((socket) => {
    let left = total;
    const write = () => {
      while (left > 0) {
        left -= chunk.length;
        if (!socket.write(chunk)) return;
      }
      socket.end();
    };
    sockets.push(socket);
    socket.on('drain', write);
    socket.resume();
    write();
  });
  return { ...server, sent: () => sockets.map(({ bytesWritten, writableLength }) => bytesWritten - writableLength) };
}

/** Reads nothing until `release()`; then counts, as the counter does. */
export async function startSink() {
  const sockets = [];
  const server = await start((socket) => {
    let bytes = 0;
    socket.pause();
    sockets.push(socket);
    socket.on('end', () => socket.end(`${bytes}`));
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.pause();
  });
  const release = () => {
    for (const socket of sockets) socket.resume();
  };
  return { ...server, release };
}
