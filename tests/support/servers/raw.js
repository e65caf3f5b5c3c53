// Servers whose answer to the opening handshake a test supplies: real TCP, real TLS.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { listen } from '../../../scripts/servers.js';

/** @typedef {import('../../../scripts/servers.js').Running} Running */
/** @typedef {(socket: net.Socket, request: string) => void} Answer called with the request, from its first line to the empty one */

/**
 * Starts a TCP server that calls `answer` once a connection's request has arrived.
 * @param {Answer} answer
 * @returns {Promise<Running>}
 */
export function startRaw(answer) {
  return listen(net.createServer(serve(answer)));
}

/**
 * The same over TLS, with a certificate for `localhost` and 127.0.0.1 that only its own authority trusts.
 * @param {Answer} answer
 * @returns {Promise<Running>}
 */
export function startRawTls(answer) {
  const pem = (name) => readFileSync(new URL(`tls/${name}`, import.meta.url));
  const server = tls.createServer({ key: pem('server.key'), cert: pem('server.crt') }, serve(answer));
  server.on('tlsClientError', () => {});
  return listen(server, { scheme: 'wss' });
}

/**
 * Starts a TCP server that accepts every handshake.
 * @param {(socket: net.Socket) => void} [then] called after the response was written
 * @param {...string} headers more headers of the response
 * @returns {Promise<Running>}
 */
export function startAccepting(then = () => {}, ...headers) {
  return startRaw((socket, request) => {
    socket.write(acceptance(request, ...headers));
    then(socket);
  });
}

/**
 * Runs `use` against a server that accepts every handshake and then calls `then`.
 * @template T
 * @param {(socket: net.Socket) => void} then
 * @param {(url: string) => Promise<T>} use
 */
export async function against(then, use) {
  const server = await startAccepting(then);
  try {
    return await use(server.url);
  } finally {
    await server.close();
  }
}

/** The response that accepts a request, up to and with its empty line. */
export function acceptance(request, ...headers) {
  const key = /^sec-websocket-key: (.*)\r$/im.exec(request)?.[1];
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  return `${[...lines, `Sec-WebSocket-Accept: ${accept}`, ...headers].join('\r\n')}\r\n\r\n`;
}

function serve(answer) {
  return (socket) => {
    let request = '';
    socket.on('error', () => {});
    const read = (chunk) => {
      request += chunk.toString('latin1');
      if (!request.includes('\r\n\r\n')) return;
      socket.off('data', read);
      answer(socket, request);
    };
    socket.on('data', read);
  };
}
