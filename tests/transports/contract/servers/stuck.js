// A port that never answers the attempt to connect: a server that listens and accepts nothing, with a full queue.
import { once } from 'node:events';
import net from 'node:net';
import { Worker } from 'node:worker_threads';

const PROGRAM = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    // From now on the worker's event loop, which would accept, doesn't run.
    Atomics.wait(new Int32Array(workerData), 0, 0);
    server.close();
    process.exit();
  });`;

/** How many connections surely fill its queue. */
const FILLING = 6;

/** @returns {Promise<{ port: number, close: () => Promise<unknown> }>} */
export async function startStuck() {
  const gate = new SharedArrayBuffer(4);
  const worker = new Worker(PROGRAM, { eval: true, workerData: gate });
  const exited = once(worker, 'exit');
  const [port] = await once(worker, 'message');
  const sockets = Array.from({ length: FILLING }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
  await Promise.race(sockets.map((socket) => once(socket, 'connect')));
  return {
    port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      Atomics.store(new Int32Array(gate), 0, 1);
      Atomics.notify(new Int32Array(gate), 0);
      return exited;
    },
  };
}
