// A relay with a WebSocket for each connection, by the streams of npm `ws`: it reads from either side no more than the other
// one takes, ends in order, and says by close codes how a connection ended. It takes `/{hostname}:{port}` and
// `/?address={hostname}:{port}`.
import { createServer } from 'node:http';
import net from 'node:net';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { listen } from '../../../scripts/servers.js';

/**
 * Starts it. It connects to loopback only.
 * @param {import('ws').ServerOptions} [options] npm `ws`'s
 */
export async function startStreamRelay(options) {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false, ...options });
  /** The requests so far: their URLs and the subprotocols offered. */
  const requests = [];
  server.on('connection', (carrier, request) => {
    requests.push({ url: request.url, protocols: request.headers['sec-websocket-protocol'] });
    const url = new URL(request.url ?? '/', 'ws://relay.example/');
    const address = url.searchParams.get('address') ?? decodeURIComponent(url.pathname.slice(1));
    const [, hostname = '', port] = /^(.*):(\d+)$/.exec(address) ?? [];
    carrier.on('error', () => {});
    if (hostname !== '127.0.0.1' && hostname !== 'localhost') return carrier.close(1008, 'only loopback');
    const target = net.connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
    const bytes = createWebSocketStream(carrier);
    bytes.on('error', () => target.destroy());
    target.on('error', (error) => carrier.close(1011, error.message.slice(0, 100)));
    bytes.pipe(target);
    target.pipe(bytes);
  });
  const { origin, port, close } = await listen(http);
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
