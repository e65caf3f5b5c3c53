// What the server does with a connection of plain bytes. Each behaviour gets the numbers of the connection's first line.
import { setImmediate as turn } from 'node:timers/promises';
import { Arrival, bytesOf, partsOf } from '../cases/bytes.js';

const KiB = 1024;

/** @type {Record<string, (socket: import('node:net').Socket, record: import('./record.js').Record, ...numbers: number[]) => unknown>} */
export const BEHAVIOURS = { echo, source, sink, reset, stall, flood, silent };

/** Sends everything back, and ends after the client. */
function echo(socket) {
  socket.pipe(socket);
}

/**
 * Sends bytes in parts of any size and ends; goes on to receive. If it is told to wait, it ends when the client has sent
 * a byte.
 */
async function source(socket, record, seed, length, waits) {
  receive(socket, record, seed);
  let at = 0;
  for (const part of partsOf(length, seed)) {
    await write(socket, bytesOf(seed, part, at));
    at += part;
    await turn();
  }
  if (waits) while (record.received === 0 && !record.isOver) await turn();
  socket.end();
}

/** Receives until the client ends, and then says how much, and whether it was right. */
function sink(socket, record, seed) {
  receive(socket, record, seed);
  socket.on('end', () => socket.end(`${record.received} ${record.isRight}`));
}

/** Sends a byte, and resets the connection when the client has answered. */
function reset(socket) {
  socket.write('!');
  socket.resume();
  socket.once('data', () => socket.resetAndDestroy());
}

/** Receives nothing before it is told to. */
function stall(socket, record, seed) {
  socket.pause();
  record.on('resume', () => {
    receive(socket, record, seed);
    socket.on('end', () => socket.end());
  });
}

/** Sends as fast as it can. */
async function flood(socket, record, seed, length) {
  receive(socket, record, seed);
  for (let at = 0; at < length && !record.isOver; at += 64 * KiB) {
    const part = bytesOf(seed, Math.min(64 * KiB, length - at), at);
    await write(socket, part);
    record.sent += part.length;
    // The kernel may take all of it, and this process has the client as well.
    await turn();
  }
  socket.end();
}

/** Receives and sends nothing. */
function silent(socket, record) {
  receive(socket, record, 0);
}

function receive(socket, record, seed) {
  const arrival = new Arrival(seed);
  socket.resume();
  socket.on('data', (chunk) => {
    arrival.add(chunk);
    record.received = arrival.count;
    record.isRight = arrival.isRight;
  });
}

/** Writes, and waits while too much is waiting in the socket. */
async function write(socket, bytes) {
  if (socket.write(bytes) || socket.destroyed) return;
  await new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close', 'error']) socket.off(event, done);
      resolve(undefined);
    };
    for (const event of ['drain', 'close', 'error']) socket.on(event, done);
  });
}
