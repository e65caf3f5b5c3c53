// A process of its own: a WebSocket server, and a relay with the same server behind it. They do as little as possible, so
// that they are never what is measured. On loopback only.

import net from 'node:net';
import { listen } from '../../scripts/servers.js';
import { serve } from '../harness/worker.js';
import { Connection } from './connection.js';
import { serveMessages } from './jobs.js';
import { serveRelay } from './relay.js';

/** How many bytes may wait to be written. */
const MAX_BACKLOG = 1024 * 1024;

/** Why connections were given up. @type {string[]} */
const failures = [];

/** The relay is at `/wisp/`, its bytes without a protocol at `/raw/`; other paths are those of the server. */
const isRelay = ({ pathname }) => /^\/(wisp|raw)\//.test(pathname);

const server = net.createServer((socket) => {
  socket.setNoDelay(true);
  let resume = () => {};
  socket.on('drain', () => resume());
  socket.on('error', () => {});
  /** @type {import('./jobs.js').Channel} */
  const channel = {
    write: (...parts) => {
      socket.cork();
      for (const part of parts) socket.write(part);
      socket.uncork();
    },
    full: () => socket.destroyed || socket.writableLength > MAX_BACKLOG,
    onDrain: (callback) => {
      resume = callback;
    },
    end: () => void socket.end(),
  };
  const connection = new Connection(channel, (_, url) =>
    isRelay(url) ? serveRelay(channel, url) : serveMessages(channel, url),
  );
  socket.on('data', (bytes) => {
    try {
      connection.read(bytes, 0, bytes.length);
    } catch (error) {
      failures.push(`${error}`);
      socket.destroy();
    }
  });
});

const running = listen(server);

serve({
  port: async () => (await running).port,
  /** This process's CPU time, in microseconds. */
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  failures: () => failures.splice(0),
});
