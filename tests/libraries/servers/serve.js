// What the servers of the libraries share: HTTP on loopback whose WebSocket connections are counted and can be dropped.
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * @typedef {object} Running
 * @property {string} url `ws:`, without a slash at its end
 * @property {number} port
 * @property {() => number} connections how many WebSocket connections were asked for so far
 * @property {() => Promise<void>} drop ends every connection at once, without a Close frame
 * @property {() => Promise<void>} close
 */

/**
 * Starts a server.
 * @param {(http: import('node:http').Server) => unknown} attach puts the library's server on it; what it gives is
 *   called at the end, if it is a function
 * @returns {Promise<Running>}
 */
export async function serve(attach) {
  const http = createServer((_, response) => response.writeHead(426).end());
  const sockets = new Set();
  let connections = 0;
  http.on('upgrade', (_, socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const detach = await attach(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (http.address());
  const drop = async () => {
    await Promise.all(Array.from(sockets, (socket) => once(socket.destroy(), 'close')));
  };
  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    connections: () => connections,
    drop,
    close: async () => {
      await drop();
      if (typeof detach === 'function') await detach();
      if (http.listening) await new Promise((resolve) => http.close(resolve));
    },
  };
}
