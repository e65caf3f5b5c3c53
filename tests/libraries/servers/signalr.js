// A server of SignalR's hub protocol (version 1) over npm `ws`, by the specifications of the protocol and of its transports:
// ASP.NET Core isn't an npm package. It accepts no request without a token, no connection that wasn't negotiated,
// and no first message but the handshake.
import { randomUUID } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { serve } from './serve.js';
import { END, protocols, readText, TYPES } from './signalr-protocols.js';

/** The hub's methods. */
const METHODS = {
  add: (_, a, b) => a + b,
  reverse: (_, bytes) => Uint8Array.from(bytes).reverse(),
  say: ({ send }, text) => {
    send({ type: TYPES.invocation, target: 'said', arguments: [text] });
  },
  fail: () => {
    throw new Error('as asked');
  },
};
const STREAMS = {
  count: function* (to) {
    for (let count = 1; count <= to; count += 1) yield count;
  },
};

const TRANSPORTS = [{ transport: 'WebSockets', transferFormats: ['Text', 'Binary'] }];

export const start = () =>
  serve((http) => {
    /** The tokens that were negotiated and not yet used. */
    const negotiated = new Set();
    http.removeAllListeners('request').on('request', (request, response) => {
      const { origin = '*', 'access-control-request-headers': asked = '' } = request.headers;
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-allow-credentials', 'true');
      response.setHeader('access-control-allow-headers', asked);
      if (request.method === 'OPTIONS') return response.writeHead(204).end();
      if (request.headers.authorization !== 'Bearer secret') return response.writeHead(401).end();
      if (request.method !== 'POST' || request.url !== '/hub/negotiate?negotiateVersion=1') {
        return response.writeHead(404).end();
      }
      const connectionToken = randomUUID();
      negotiated.add(connectionToken);
      const answer = {
        negotiateVersion: 1,
        connectionId: randomUUID(),
        connectionToken,
        availableTransports: TRANSPORTS,
      };
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });

    const server = new WebSocketServer({ noServer: true });
    http.on('upgrade', (request, socket, head) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://host');
      const token = request.headers.authorization ?? `Bearer ${searchParams.get('access_token')}`;
      const known = pathname === '/hub' && negotiated.delete(searchParams.get('id'));
      if (token !== 'Bearer secret' || !known) {
        socket.end(`HTTP/1.1 ${known ? '401 Unauthorized' : '404 Not Found'}\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      server.handleUpgrade(request, socket, head, connected);
    });
  });

/** @param {import('ws').WebSocket} socket */
function connected(socket) {
  /** @type {import('./signalr-protocols.js').Protocol | undefined} none before the handshake, which is text */
  let protocol;
  const send = (message) => protocol && socket.send(protocol.write(message));
  const shake = (data, isBinary) => {
    // The client waits for the answer.
    const [{ protocol: name, version } = /** @type {any} */ ({}), ...more] = readText(data, isBinary);
    if (version === 1 && more.length === 0 && Object.hasOwn(protocols, name)) protocol = protocols[name];
    const answer = protocol ? {} : { error: 'the first message is no handshake of this protocol' };
    socket.send(JSON.stringify(answer) + END);
    return protocol !== undefined;
  };
  socket.on('message', (data, isBinary) => {
    const bytes = /** @type {Buffer} */ (data);
    if (!protocol) {
      if (!shake(bytes, isBinary)) socket.close();
    } else if (!protocol.read(bytes, isBinary).every((message) => answer(message, send))) {
      send({ type: TYPES.close, error: 'no message of this protocol' });
      socket.close();
    }
  });
}

/**
 * Answers a message.
 * @returns {boolean} whether it is one
 */
function answer(message, send) {
  const { type, target, arguments: args, invocationId } = message ?? {};
  if (type === TYPES.ping || type === TYPES.close) return true;
  if (!Array.isArray(args)) return false;
  const complete = (result) => invocationId && send({ type: TYPES.completion, invocationId, ...result });
  try {
    if (type === TYPES.streamInvocation && STREAMS[target]) {
      for (const item of STREAMS[target](...args)) send({ type: TYPES.streamItem, invocationId, item });
      complete({});
    } else if (type === TYPES.invocation && METHODS[target]) {
      const result = METHODS[target]({ send }, ...args);
      complete(result === undefined ? {} : { result });
    } else {
      return false;
    }
  } catch (error) {
    complete({ error: error.message });
  }
  return true;
}
