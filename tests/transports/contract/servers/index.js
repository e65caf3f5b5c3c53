// The server of the cases, on one port of loopback, since some relays have one target only. What a connection begins with
// says what it is: `BYTES behaviour id arguments…` and a line feed, an HTTP request, or TLS (with an HTTP request inside).
import { createServer } from 'node:http';
import net from 'node:net';
import { TLSSocket } from 'node:tls';
import { createAuthority } from '../../../../scripts/certificates.js';
import { freePort, listen } from '../../../../scripts/servers.js';
import { BEHAVIOURS } from './bytes.js';
import { Record } from './record.js';
import { startStuck } from './stuck.js';
import { upgradeWith } from './web-sockets.js';

/**
 * @typedef {object} Servers
 * @property {string} hostname of all of them: an address
 * @property {number} port of the server of the cases
 * @property {number} refused a port on which nothing listens
 * @property {number} stuck a port that never answers the attempt to connect
 * @property {number[]} ports all of these
 * @property {string} ca the authority of the server's certificate, as PEM
 * @property {(id: string, command?: string) => any} ask the state of a connection, after a command to it
 * @property {() => Promise<unknown>} close
 */

/** @returns {Promise<Servers>} */
export async function startServers() {
  /** @type {Map<string, Record>} */
  const records = new Map();
  const recordOf = (id) => {
    const record = records.get(id) ?? new Record();
    records.set(id, record);
    return record;
  };
  const authority = createAuthority({ name: 'The authority of the cases' });
  const { certPem: cert, keyPem: key } = authority.issue({ names: ['localhost', '127.0.0.1'] });
  const http = createServer();
  http.on('upgrade', upgradeWith(recordOf));

  const overTls = (socket) => {
    const inner = new TLSSocket(socket, { isServer: true, cert, key, ALPNProtocols: ['http/1.1'] });
    inner.on('error', () => {});
    http.emit('connection', inner);
  };
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => {});
    readFirst(socket, (first) => {
      if (first[0] === 0x16) return overTls(socket);
      const line = /^BYTES ([^\n]*)\n/.exec(first.toString('latin1'));
      if (!line) return void http.emit('connection', socket);
      const [behaviour, id, ...numbers] = line[1].split(' ');
      const rest = first.subarray(line[0].length);
      if (rest.length > 0) socket.unshift(rest);
      const record = recordOf(id);
      record.watch(socket);
      BEHAVIOURS[behaviour](socket, record, ...numbers.map(Number));
    });
  });
  const running = await listen(server);
  const stuck = await startStuck();
  const refused = await freePort();
  return {
    hostname: '127.0.0.1',
    port: running.port,
    refused,
    stuck: stuck.port,
    ports: [running.port, refused, stuck.port],
    ca: authority.certPem,
    ask: (id, command) => recordOf(id).ask(command),
    close: async () => {
      await Promise.all([running.close(), stuck.close()]);
    },
  };
}

/** Calls back with what a connection begins with, up to a line feed, and with the socket as if it wasn't read. */
function readFirst(socket, then) {
  let first = Buffer.alloc(0);
  const read = (chunk) => {
    first = Buffer.concat([first, chunk]);
    if (first[0] !== 0x16 && !first.includes('\n')) return;
    socket.off('data', read);
    socket.pause();
    const isBytes = first.subarray(0, 6).toString() === 'BYTES ';
    if (!isBytes) socket.unshift(first);
    then(first);
    if (!isBytes) process.nextTick(() => socket.resume());
  };
  socket.on('data', read);
  socket.on('end', () => first.includes('\n') || socket.destroy());
}
