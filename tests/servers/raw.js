// Servers that answer the opening handshake as a test says: real TCP, real TLS.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

const HOST = '127.0.0.1';

/** @typedef {{ url: string, port: number, close: () => Promise<unknown> }} Running a server that runs */
/** @typedef {(socket: net.Socket, request: string) => void} Answer what follows on a request's head */

/**
 * Starts a TCP server that calls `answer` once a request's head is there.
 * @param {Answer} answer
 * @returns {Promise<Running>}
 */
export function startRaw(answer) {
  return listen(net.createServer(serve(answer)), 'ws');
}

/**
 * The same behind TLS, with a certificate for `localhost` and 127.0.0.1 that only its own authority trusts.
 * @param {Answer} answer
 * @returns {Promise<Running>}
 */
export function startRawTls(answer) {
  const pem = (name) => readFileSync(new URL(`tls/${name}`, import.meta.url));
  return listen(tls.createServer({ key: pem('server.key'), cert: pem('server.crt') }, serve(answer)), 'wss');
}

/** The head of the response that accepts a request. */
export function acceptance(request, ...headers) {
  const key = /^sec-websocket-key: (.*)\r$/im.exec(request)?.[1];
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  return `${[...lines, `Sec-WebSocket-Accept: ${accept}`, ...headers].join('\r\n')}\r\n\r\n`;
}

function serve(answer) {
  return (socket) => {
    let head = '';
    socket.on('error', () => {});
    const read = (chunk) => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', read);
      answer(socket, head);
    };
    socket.on('data', read);
  };
}

async function listen(server, scheme) {
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, resolve);
  });
  const { port } = server.address();
  return {
    url: `${scheme}://${HOST}:${port}/`,
    port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
