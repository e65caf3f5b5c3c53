// A port of loopback whose connections are counted and can be dropped, before a server that is a program.
import { once } from 'node:events';
import net from 'node:net';
import { listen } from '../../../scripts/servers.js';

/**
 * Starts it.
 * @param {{ port: number, close: () => Promise<unknown> }} program
 * @returns {Promise<import('./serve.js').Running>} of which `close` closes the program, too
 */
export async function forward(program) {
  const sockets = new Set();
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    const inner = net.connect(program.port, '127.0.0.1');
    for (const [from, to] of [
      [socket, inner],
      [inner, socket],
    ]) {
      from.pipe(to);
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const { origin, port, close } = await listen(server);
  const drop = async () => {
    await Promise.all(Array.from(sockets, (socket) => once(socket.destroy(), 'close')));
  };
  return {
    url: origin,
    port,
    connections: () => connections,
    drop,
    close: async () => {
      await drop();
      await close();
      await program.close();
    },
  };
}
