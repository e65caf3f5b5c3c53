// What the server does with a WebSocket, by the path of its URL. The query is the connection's id.
import { createHash } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { bytesOf } from '../cases/bytes.js';

const KiB = 1024;
const MiB = 1024 * KiB;

/** How many bytes of a flood may wait in the server. */
const MAX_WAITING = 256 * KiB;

/** Behaviours that decide about the response: they get the socket. */
const RAW = { silent, endless, unanswered };

/** The others: they get the server's end of an open connection. */
const OPEN = { echo, closes, drops, resets, stall, flood };

/**
 * Makes the listener of an HTTP server's upgrades.
 * @param {(id: string) => import('./record.js').Record} recordOf
 */
export function upgradeWith(recordOf) {
  const server = new WebSocketServer({ noServer: true, maxPayload: 64 * MiB, perMessageDeflate: false });
  return (request, socket, head) => {
    const { pathname, search } = new URL(request.url, 'http://host');
    const behaviour = pathname.slice(1);
    const record = recordOf(search.slice(1));
    record.watch(socket);
    socket.on('error', () => {});
    if (behaviour in RAW) return RAW[behaviour](socket, request, record);
    server.handleUpgrade(request, socket, head, (peer) => {
      peer.on('error', () => {});
      peer.on('message', (/** @type {Buffer} */ data) => {
        record.received += data.length;
      });
      OPEN[behaviour]?.(peer, record, socket);
    });
  };
}

/** Never answers the request. */
function silent(socket) {
  endAfterClient(socket);
}

/** Answers with a header that never ends. */
function endless(socket) {
  endAfterClient(socket);
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nX-Endless: `);
  const more = () => {
    while (!socket.destroyed && socket.write('a'.repeat(4 * KiB)));
  };
  socket.on('drain', more);
  more();
}

/** Accepts, and then neither sends nor closes anything. */
function unanswered(socket, request) {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  socket.write(`${[...lines, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`);
  endAfterClient(socket);
}

function endAfterClient(socket) {
  socket.resume();
  socket.on('end', () => socket.end());
}

function echo(peer) {
  peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }));
}

/** Closes at the first message. */
function closes(peer) {
  peer.once('message', () => peer.close(4321, 'enough'));
}

/** Ends the connection without a Close frame at the first message. */
function drops(peer, _, socket) {
  peer.once('message', () => socket.end());
}

/** Resets it. */
function resets(peer, _, socket) {
  peer.once('message', () => socket.resetAndDestroy());
}

/** Receives nothing before it is told to. */
function stall(peer, record) {
  peer.pause();
  record.on('resume', () => peer.resume());
}

/** Sends messages as fast as it can, as many as the first message says, and closes. */
function flood(peer, record, socket) {
  peer.once('message', async (data) => {
    const message = bytesOf(1, 64 * KiB);
    for (let left = Number(`${data}`); left > 0 && !record.isOver; left -= 1) {
      const flushed = new Promise((resolve) => peer.send(message, resolve));
      if (socket.writableLength > MAX_WAITING) await flushed;
      record.sent = (record.sent ?? 0) + message.length;
    }
    peer.close(1000);
  });
}
