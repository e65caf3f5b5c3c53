// The servers of `npm run bench:tls`, in a process of their own so that their work isn't measured. It sends their ports.
//
// A client of the byte servers writes one line. `send N`: the server sends N chunks. `take N`: it reads as many, and then
// sends a byte. `echo`: it sends everything back. `/send?n=N` and `/take?n=N` of the WebSocket servers do the same.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { WebSocketServer } from 'ws';
import { createAuthority } from '../../scripts/certificates.js';
import { listen, startRelay } from '../../scripts/servers.js';
import { CHUNK, SUITES } from './load.js';

const authority = createAuthority();
const names = ['localhost', '*.bench.invalid', '127.0.0.1'];
const { certPem: cert, keyPem: key } = authority.issue({ names });
const chunk = Buffer.alloc(CHUNK, 1);

const BYTES = {
  send: async (socket, count) => {
    for (let i = 0; i < count && !socket.destroyed; i += 1) if (!socket.write(chunk)) await once(socket, 'drain');
  },
  take: (socket, count) => {
    let left = count * CHUNK;
    socket.on('data', ({ length }) => {
      left -= length;
      if (left === 0) socket.write('.');
    });
  },
  echo: (socket) => socket.pipe(socket),
};

function byteServer(ciphers) {
  const server = tls.createServer({ cert, key, ciphers, minVersion: 'TLSv1.3' }, (socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.once('data', async (line) => {
      const [command, count] = `${line}`.trim().split(' ');
      await BYTES[command](socket, Number(count));
    });
  });
  return listen(server);
}

async function webSocketServer(server, scheme) {
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', async (socket, { url }) => {
    const { pathname, searchParams } = new URL(url ?? '/', 'ws://host');
    let left = Number(searchParams.get('n'));
    if (pathname === '/send') {
      for (; left > 0 && socket.readyState === socket.OPEN; left -= 1) {
        socket.send(chunk);
        while (socket.bufferedAmount > 64 * CHUNK) await new Promise((resolve) => setTimeout(resolve));
      }
    }
    socket.on('message', () => {
      left -= 1;
      if (left === 0) socket.send('all');
    });
  });
  return listen(server, { scheme });
}

const bytes = await Promise.all(SUITES.map(byteServer));
const plain = await webSocketServer(http.createServer(), 'ws');
// By both suites: the client's order decides.
const secure = {};
for (const suite of SUITES) {
  const server = https.createServer({ cert, key, ciphers: suite, minVersion: 'TLSv1.3' });
  secure[suite] = await webSocketServer(server, 'wss');
}
const relay = await startRelay({ targets: [plain.port, ...Object.values(secure).map(({ port }) => port)] });

process.send?.({
  ca: authority.certPem,
  ports: Object.fromEntries(SUITES.map((suite, i) => [suite, bytes[i]?.port])),
  plain: plain.origin,
  secure: Object.fromEntries(SUITES.map((suite) => [suite, secure[suite].origin])),
  relay: relay.url,
});
process.on('disconnect', () => process.exit());
