// A relay that does something wrong, by the first part of the URL's path.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { listen } from '../../../scripts/servers.js';

const KiB = 1024;

/** The code of the failure of a connection through it, by what it does. */
export const FAILURES = {
  refuses: 'relay-unreachable',
  vanishes: 'relay-unreachable',
  text: 'relay-invalid',
  dies: 'relay-closed',
  drops: 'relay-closed',
  'close/1011': 'relay-closed',
  'close/4321': 'relay-closed',
  'close/1008': 'relay-blocked',
  'close/3003': 'relay-blocked',
  'close/1013': 'relay-throttled',
  'close/3000': 'relay-unauthorized',
  // The connection through it ended before the WebSocket was open.
  'close/1000': 'handshake-incomplete',
  silent: 'handshake-timeout',
  slow: 'handshake-timeout',
};

/**
 * The handshake's timeout for a connection through it: short only where that is what fails it. Chromium connects to one host
 * and port at a time, in an order of its own, so that the others may have to wait until the one that is 'slow' is given up.
 */
export const timeoutFor = (what) => (FAILURES[what] === 'handshake-timeout' ? 500 : 50_000);

/**
 * Starts it.
 * @returns {Promise<import('../../../scripts/servers.js').Running & { open: number, template: (what: string) => string }>}
 */
export async function startBadRelay() {
  const http = createServer();
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  http.on('upgrade', (request, socket, head) => {
    const [, what, code] = (request.url ?? '').split('/');
    socket.on('error', () => {});
    if (what === 'refuses') return socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    if (what === 'vanishes') return socket.destroy();
    // Before it has answered.
    if (what === 'slow') return socket.resume();
    server.handleUpgrade(request, socket, head, (carrier) => {
      carrier.on('error', () => {});
      const act = {
        text: () => carrier.send('HTTP/1.1 101 as text'),
        dies: () => carrier.terminate(),
        drops: () => socket.end(),
        close: () => carrier.close(Number(code), 'as told'),
        flood: () => {
          const more = (error) => error || carrier.send(Buffer.alloc(64 * KiB), more);
          more(undefined);
        },
      }[what];
      // After the client's first message: the carrier is open on both sides.
      if (act) carrier.once('message', act);
    });
  });
  const running = await listen(http);
  return {
    ...running,
    template: (what) => `${running.origin}/${what}/secret/{hostname}:{port}`,
    get open() {
      return server.clients.size;
    },
  };
}
