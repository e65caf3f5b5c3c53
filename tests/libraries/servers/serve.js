// HTTP on loopback whose WebSocket connections are counted and can be dropped, for the libraries' own servers.
import { createServer } from 'node:http';
import { listen } from '../../../scripts/servers.js';
import { Connections } from './connections.js';

/**
 * @typedef {object} Running
 * @property {string} url `ws:`, without a slash at its end
 * @property {number} port
 * @property {() => number} connections the number of WebSocket handshakes so far
 * @property {() => Promise<void>} drop ends every connection at once, without a Close frame
 * @property {() => Promise<void>} close
 */

/**
 * Starts a server.
 * @param {(http: import('node:http').Server) => unknown} attach attaches the library's server; if it returns a function,
 *   that is called on close
 * @returns {Promise<Running>}
 */
export async function serve(attach) {
  const http = createServer((_, response) => response.writeHead(426).end());
  const connections = new Connections();
  http.on('upgrade', (_, socket) => connections.add(socket));
  const detach = await attach(http);
  const { origin, port, close } = await listen(http);
  return {
    url: origin,
    port,
    connections: () => connections.count,
    drop: () => connections.drop(),
    close: async () => {
      await connections.drop();
      if (typeof detach === 'function') await detach();
      if (http.listening) await close();
    },
  };
}
