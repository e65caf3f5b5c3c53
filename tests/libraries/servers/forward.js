// A port of loopback whose connections are counted and can be dropped, before a server that is a program.
import net from 'node:net';
import { listen } from '../../../scripts/servers.js';
import { Connections } from './connections.js';

/**
 * Starts it.
 * @param {{ port: number, close: () => Promise<unknown> }} program
 * @returns {Promise<import('./serve.js').Running>} of which `close` closes the program, too
 */
export async function forward(program) {
  const connections = new Connections();
  const server = net.createServer((socket) => {
    connections.add(socket);
    const inner = net.connect(program.port, '127.0.0.1');
    for (const [from, to] of [
      [socket, inner],
      [inner, socket],
    ]) {
      from.pipe(to);
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  });
  const { origin, port, close } = await listen(server);
  return {
    url: origin,
    port,
    connections: () => connections.count,
    drop: () => connections.drop(),
    close: async () => {
      await connections.drop();
      await close();
      await program.close();
    },
  };
}
