// A server of SignalR's hub protocol (JSON, version 1) over npm `ws`, by the specifications of the protocol and of its
// transports: ASP.NET Core isn't an npm package. It accepts no request without a token, no connection that wasn't negotiated,
// and no first message but the handshake.
import { randomUUID } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { serve } from './serve.js';

/** Ends each message. */
const END = '\x1e';

const INVOCATION = 1;
const STREAM_ITEM = 2;
const COMPLETION = 3;
const STREAM_INVOCATION = 4;
const PING = 6;
const CLOSE = 7;

/** The hub's methods. */
const METHODS = {
  add: (_, a, b) => a + b,
  say: ({ send }, text) => {
    send({ type: INVOCATION, target: 'said', arguments: [text] });
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

const TRANSPORTS = [{ transport: 'WebSockets', transferFormats: ['Text'] }];

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
  const send = (message) => socket.send(JSON.stringify(message) + END);
  let shaken = false;
  const receive = (message) => {
    if (shaken) return answer(message, send);
    shaken = message?.protocol === 'json' && message.version === 1;
    send(shaken ? {} : { error: 'the first message is no handshake of this protocol' });
    return shaken;
  };
  socket.on('message', (data, isBinary) => {
    const text = `${data}`;
    const messages = isBinary || !text.endsWith(END) ? [undefined] : text.slice(0, -1).split(END).map(parsed);
    if (messages.every(receive)) return;
    if (shaken) send({ type: CLOSE, error: 'no message of this protocol' });
    socket.close();
  });
}

/** The value of a text, undefined if it isn't JSON. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Answers a message.
 * @returns {boolean} whether it is one
 */
function answer(message, send) {
  const { type, target, arguments: args, invocationId } = message ?? {};
  if (type === PING || type === CLOSE) return true;
  if (!Array.isArray(args)) return false;
  const complete = (result) => invocationId && send({ type: COMPLETION, invocationId, ...result });
  try {
    if (type === STREAM_INVOCATION && STREAMS[target]) {
      for (const item of STREAMS[target](...args)) send({ type: STREAM_ITEM, invocationId, item });
      complete({});
    } else if (type === INVOCATION && METHODS[target]) {
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
