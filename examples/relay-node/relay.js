// The HTTP server: who may open a carrier, and the end.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { Clients } from './clients.js';
import { serveSingle } from './single.js';
import { Targets } from './targets.js';
import { serveWisp } from './wisp.js';

/** wisp-js waits until a carrier has few bytes to send, and would wait for those of a closed one forever. */
class CarrierSocket extends WebSocket {
  get bufferedAmount() {
    return this.readyState === WebSocket.OPEN ? super.bufferedAmount : 0;
  }
}

/**
 * Makes a relay.
 * @param {object} settings README.md describes them; times in milliseconds
 * @param {string[]} settings.tokens
 * @param {string[]} settings.allow
 * @param {boolean} settings.allowPrivate
 * @param {string[]} settings.origins
 * @param {boolean} settings.trustProxy
 * @param {number} settings.maxCarriers
 * @param {number} settings.maxSockets
 * @param {number} settings.maxMessage
 * @param {number} settings.connectTimeout
 * @param {number} settings.idleTimeout
 * @param {number} settings.heartbeat between two pings; 0 for none
 * @param {(event: string, facts: object) => void} settings.log
 * @throws {Error} without tokens or targets
 */
export function createRelay(settings) {
  const { tokens, origins, trustProxy, maxCarriers, maxSockets, maxMessage, idleTimeout, heartbeat, log } = settings;
  if (tokens.length === 0) throw new Error('RELAY_TOKENS names no token: an open relay is an open proxy');
  const targets = new Targets(settings);
  const clients = new Clients({ maxCarriers, maxSockets });
  const hashes = tokens.map(hash);
  let draining = false;

  const carriers = new WebSocketServer({
    noServer: true,
    WebSocket: CarrierSocket,
    maxPayload: maxMessage,
    perMessageDeflate: false,
  });

  const server = createServer((request, response) => {
    // For balancers: a status other than 200 takes the relay out.
    if (request.url === '/health') {
      const counts = { carriers: carriers.clients.size, sockets: clients.sockets };
      response.writeHead(draining ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ draining, ...counts }));
    } else response.writeHead(426, { upgrade: 'websocket' }).end();
  });

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    const address = addressOf(request, trustProxy);
    const { token, target } = parse(request.url);
    const refuse = (status) => {
      log('carrier refused', { client: address, status });
      // A client may keep its side open.
      socket.once('finish', () => socket.destroy());
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    if (draining) return refuse('503 Service Unavailable');
    const { origin } = request.headers;
    if (origins.length > 0 && !origins.includes(origin ?? '')) return refuse('403 Forbidden');
    if (!hashes.some((known) => timingSafeEqual(known, hash(token)))) return refuse('403 Forbidden');
    if (target === undefined) return refuse('404 Not Found');
    const client = clients.takeCarrier(address);
    if (!client) return refuse('429 Too Many Requests');
    socket.once('close', client.release);
    carriers.handleUpgrade(request, socket, head, (carrier) => {
      log('carrier opened', { client: address, target });
      // Pings are traffic, unless what is in front of them isn't taken.
      request.socket.setTimeout(idleTimeout && Math.max(idleTimeout, 2 * heartbeat), () => carrier.terminate());
      serve(carrier, target, client, request);
    });
  });

  async function serve(carrier, target, client, request) {
    let alive = true;
    carrier.on('error', () => {});
    carrier.on('pong', () => {
      alive = true;
    });
    const beat =
      heartbeat > 0 &&
      setInterval(() => {
        // A ping would wait behind these bytes.
        if (carrier.bufferedAmount > 0) alive = true;
        // A carrier with one connection may be held back, by its page or by the target: then the ping or the answer isn't read.
        else if (!alive && target === '') carrier.terminate();
        else {
          alive = false;
          carrier.ping();
        }
      }, heartbeat);
    carrier.once('close', (code) => {
      if (beat) clearInterval(beat);
      log('carrier closed', { client: client.address, code });
    });
    const connect = async (hostname, port) => {
      const facts = { client: client.address, hostname, port };
      try {
        const socket = await targets.connect(hostname, port, client);
        log('target opened', facts);
        return socket;
      } catch (refusal) {
        log('target refused', { ...facts, kind: refusal.kind });
        throw refusal;
      }
    };
    try {
      if (target === '') await serveWisp(carrier, connect, request);
      else await serveSingle(carrier, connect, target);
    } catch (error) {
      log('carrier failed', { client: client.address, error: `${error?.message}` });
      carrier.close(1011);
    }
  }

  /**
   * Refuses new carriers, waits until the open ones have ended, at most for that long, and closes the server.
   * @param {number} milliseconds
   */
  async function drain(milliseconds) {
    draining = true;
    log('draining', { carriers: carriers.clients.size });
    const limit = Date.now() + milliseconds;
    while (carriers.clients.size > 0 && Date.now() < limit) await pause(100);
    for (const carrier of carriers.clients) carrier.close(1001, 'the relay ends');
    await pause(carriers.clients.size > 0 ? 1_000 : 0);
    for (const carrier of carriers.clients) carrier.terminate();
    server.close();
    server.closeAllConnections();
    log('drained', {});
  }

  return { server, drain };
}

/** Hashes have one length, which timingSafeEqual() needs. */
function hash(token) {
  return createHash('sha256').update(token).digest();
}

/**
 * The parts of `/TOKEN/TARGET` or `/TARGET?token=TOKEN`: no target is Wisp, and an undefined one an error.
 * @returns {{ token: string, target: string | undefined }}
 */
function parse(url) {
  try {
    const { pathname, searchParams } = new URL(url, 'http://relay');
    const segments = pathname.split('/').slice(1).map(decodeURIComponent);
    const token = searchParams.get('token') ?? segments.shift() ?? '';
    return { token, target: segments.length === 1 ? segments[0] : undefined };
  } catch {
    return { token: '', target: undefined };
  }
}

/** The client's address: behind a balancer, the one that the balancer appended. */
function addressOf({ headers, socket }, trustProxy) {
  const forwarded = trustProxy && headers['x-forwarded-for']?.split(',').at(-1)?.trim();
  return forwarded || (socket.remoteAddress ?? '');
}
