// A relay with a WebSocket for each connection, by the streams of npm `ws`: it reads from either side no more than the other
// one takes, ends in order, and says by close codes how a connection ended. It takes `/{hostname}:{port}` and
// `/?address={hostname}:{port}`.
import { createServer } from 'node:http';
import net from 'node:net';
import { listen } from './servers.js';

/**
 * Starts it. It connects to loopback only.
 * @param {{ port?: number, targets?: number[] } & Omit<import('ws').ServerOptions, 'port'>} [options] `targets` are the ports
 *   that it connects to, by default all; the rest is npm `ws`'s
 */
export async function startStreamRelay({ port: wanted = 0, targets, ...options } = {}) {
  // Imported late: the set-up of `npm start` installs it.
  const { createWebSocketStream, WebSocketServer } = await import('ws');
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false, ...options });
  // `ws` repeats the HTTP server's errors, which `listen` handles.
  server.on('error', () => {});
  /** The requests so far: their URLs and the subprotocols offered. */
  const requests = [];
  server.on('connection', (carrier, request) => {
    requests.push({ url: request.url, protocols: request.headers['sec-websocket-protocol'] });
    const url = new URL(request.url ?? '/', 'ws://relay.example/');
    const address = url.searchParams.get('address') ?? decodeURIComponent(url.pathname.slice(1));
    const [, hostname = '', targetPort] = /^(.*):(\d+)$/.exec(address) ?? [];
    carrier.on('error', () => {});
    const isAllowed = /^(127\.0\.0\.1|localhost)$/.test(hostname) && (targets?.includes(Number(targetPort)) ?? true);
    if (!isAllowed) return carrier.close(1008, 'not an allowed target');
    const target = net.connect({ host: '127.0.0.1', port: Number(targetPort), noDelay: true });
    const bytes = createWebSocketStream(carrier);
    bytes.on('error', () => target.destroy());
    target.on('error', (error) => carrier.close(1011, error.message.slice(0, 100)));
    bytes.pipe(target);
    target.pipe(bytes);
  });
  const { origin, port, close } = await listen(http, { port: wanted });
  return {
    origin,
    port,
    close,
    requests,
    template: `${origin}/{hostname}:{port}`,
    /** Ends all connections to it abruptly. */
    drop: async () => {
      for (const carrier of server.clients) carrier.terminate();
    },
    /** The number of open connections. */
    get open() {
      return server.clients.size;
    },
  };
}
