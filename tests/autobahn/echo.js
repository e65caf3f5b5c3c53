// The client of every case of Autobahn|Testsuite, in Node and in a page.

/**
 * Connects, and sends every message back until the connection is closed.
 * @param {typeof globalThis.WebSocket} WebSocket
 * @param {string} url
 * @param {object} [options] the constructor's second argument
 * @returns {Promise<void>}
 */
export function echo(WebSocket, url, options) {
  const socket = options ? new WebSocket(url, /** @type {any} */ (options)) : new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.onmessage = ({ data }) => socket.send(data);
  // npm ws throws an error without a listener. The suite decides the verdict.
  socket.onerror = () => {};
  return new Promise((resolve) => {
    socket.onclose = () => resolve();
  });
}

/**
 * The same by TLS, over a transport that connects to another port than the URL's.
 * @param {{ WebSocket: any, tls: any }} module the package
 * @param {string} url of the plain server
 * @param {import('../../src/shim/transports/types.ts').Transport} transport
 * @param {{ port: number, ca: string }} server
 */
export function echoByTls({ WebSocket, tls }, url, transport, { port, ca }) {
  const elsewhere = (target) => transport({ ...target, port });
  return echo(WebSocket, url.replace('ws:', 'wss:'), { transport: tls(elsewhere, { ca }) });
}
