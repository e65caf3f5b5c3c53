// The server that the clauses of the standard run against. The URL determines its behaviour:
//
//   /echo                      sends every message back
//   /headers                   sends the handshake's request headers as JSON, then echoes
//   /hello?n=3                 sends the texts "1" to "3" at once, then echoes
//   /close?code=4000&reason=x  closes at once; without code the Close frame is empty
//   /protocol?name=x           answers the handshake with that subprotocol, requested or not; without name with none
//   /slow?ms=100               answers the handshake late, then echoes
//   /never                     never answers the handshake
//   /status?code=403           answers the handshake with that status; 3xx with a Location that would work
//   /drop                      ends the connection a little later, without a Close frame; /reset resets it
//   /text-then-drop?n=2&ms=50  sends n texts at once, or that much later, and ends the connection without a Close frame
//   /silent                    accepts, and never answers a Close frame; /late?ms=100 answers it late
//   /stall                     accepts, and reads nothing
//   /late-end?ms=100           answers a Close frame at once, and ends the connection late
//   /invalid?kind=utf8         sends "good" a little later, and frames that violate the protocol: INVALID in dom-answers.js
//   /frames?kind=fragments     sends valid frames: VALID there
//   /handshake?kind=any-case   answers the handshake with given bytes: HANDSHAKES there
//   /hang-up                   ends the connection instead of answering the handshake
//   /auth                      answers 401 without an Authorization header, and sends that header
//   /ping?data=x               sends a ping with that payload, and each pong's payload as text
//   /slow-read                 reads slowly, and answers every message with its length
//   /attempts?key=k            answers the handshake after 150 ms; sends the largest number of concurrent handshakes so
//                              far with that key
//   /log?key=k                 sends as JSON how the connections to other paths with that key ended:
//                              [{ path, closeCode, closeReason }], closeCode null if the Close frame was empty
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { WebSocketServer } from 'ws';
import { listen } from '../../../scripts/servers.js';
import { pause } from '../events.js';
import { HANDSHAKES, INVALID, VALID } from './dom-answers.js';
import { closeFrame, frame } from './frame.js';
import { acceptance } from './raw.js';

/**
 * Milliseconds from the handshake to the next bytes: Firefox's own class may lose bytes that arrive with the response.
 */
const LITTLE = 50;

/**
 * Starts the server on loopback.
 * @param {import('node:https').ServerOptions} [secure] the certificate and its key, for a server of `wss:`
 * @returns {Promise<{ url: string, port: number, close: () => Promise<unknown> }>} the URL has no slash at its end
 */
export async function startDomServer(secure) {
  const refuse = (_, response) => response.writeHead(426).end();
  const http = secure ? createSecureServer(secure, refuse) : createServer(refuse);
  http.on(secure ? 'secureConnection' : 'connection', (socket) => {
    // Node's HTTP server keeps its half open when the client has ended; Firefox then waits for it.
    socket.on('end', () => socket.end()).on('error', () => {});
  });
  // By the client's port: a TLS socket can't be reset.
  const tcp = new Map();
  http.on('connection', (socket) => {
    const { remotePort } = socket;
    tcp.set(remotePort, socket);
    socket.on('close', () => tcp.delete(remotePort));
  });
  const log = new Map();
  const attempts = new Map();
  http.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'ws://host');
    const ask = { request, socket, head, url, query: url.searchParams, tcp, log, attempts };
    (RAW[url.pathname] ?? serve)(ask);
  });
  const { origin, port, close } = await listen(http, { scheme: secure ? 'wss' : 'ws' });
  return { url: origin, port, close };
}

/** The paths that are answered byte by byte. */
const RAW = {
  '/never': () => {},
  '/status': ({ socket, query, request }) => {
    const location = `http://${request.headers.host}/echo`;
    socket.end(`HTTP/1.1 ${query.get('code')} Status\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
  },
  '/protocol': (ask) => {
    const name = ask.query.get('name');
    accept(ask, ...(name === null ? [] : [`Sec-WebSocket-Protocol: ${name}`]));
    answerClose(ask.socket);
  },
  '/drop': async (ask) => {
    accept(ask);
    await pause(LITTLE);
    ask.socket.end();
  },
  '/reset': async (ask) => {
    accept(ask);
    await pause(LITTLE);
    ask.tcp.get(ask.socket.remotePort).resetAndDestroy();
  },
  '/text-then-drop': async (ask) => {
    accept(ask);
    if (ask.query.has('ms')) await pause(Number(ask.query.get('ms')));
    for (let i = 1; i <= Number(ask.query.get('n')); i += 1) ask.socket.write(frame(0x81, `${i}`));
    ask.socket.end();
  },
  '/silent': accept,
  '/late': (ask) => {
    accept(ask);
    answerClose(ask.socket, Number(ask.query.get('ms')));
  },
  '/stall': (ask) => {
    accept(ask);
    ask.socket.pause();
  },
  '/late-end': (ask) => {
    accept(ask);
    ask.socket.once('data', async () => {
      ask.socket.write(closeFrame(3000));
      await pause(Number(ask.query.get('ms')));
      ask.socket.end();
    });
  },
  '/hang-up': ({ socket }) => socket.end(),
  '/handshake': (ask) => {
    ask.socket.write(HANDSHAKES[ask.query.get('kind')](ask.request.headers['sec-websocket-key']));
    answerClose(ask.socket);
  },
  '/frames': async (ask) => {
    accept(ask);
    await pause(LITTLE);
    ask.socket.write(VALID[ask.query.get('kind')]);
    answerClose(ask.socket);
  },
  '/invalid': async (ask) => {
    accept(ask);
    await pause(LITTLE);
    ask.socket.write(Buffer.concat([frame(0x81, 'good'), INVALID[ask.query.get('kind')]]));
  },
};

function accept({ request, socket }, ...headers) {
  socket.write(acceptance(`Sec-WebSocket-Key: ${request.headers['sec-websocket-key']}\r\n`, ...headers));
}

/** Answers the first bytes from the client with an empty Close frame, and ends. */
function answerClose(socket, milliseconds = 0) {
  socket.once('data', () => setTimeout(() => socket.end(closeFrame()), milliseconds));
}

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 512 * 1024 * 1024 });

/** Answers all other paths by npm `ws`. */
async function serve(ask) {
  const { request, socket, head, url, query, log, attempts } = ask;
  const { authorization } = request.headers;
  if (url.pathname === '/auth' && !authorization) {
    socket.end('HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm="clauses"\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const key = query.get('key');
  let most = 0;
  if (url.pathname === '/attempts') most = await countAttempts(attempts, key);
  if (url.pathname === '/slow') await pause(Number(query.get('ms')));
  sockets.handleUpgrade(request, socket, head, (peer) => {
    peer.on('error', () => {});
    peer.on('message', (data, isBinary) => {
      if (url.pathname === '/slow-read') slowly(peer, data);
      else peer.send(data, { binary: isBinary });
    });
    peer.on('close', (code, reason) => {
      if (key === null || url.pathname === '/log') return;
      const entry = { path: url.pathname, closeCode: code === 1005 ? null : code, closeReason: `${reason}` };
      log.set(key, [...(log.get(key) ?? []), entry]);
    });
    switch (url.pathname) {
      case '/headers':
        peer.send(JSON.stringify(request.headers));
        break;
      case '/hello':
        for (let i = 1; i <= Number(query.get('n')); i += 1) peer.send(`${i}`);
        break;
      case '/close':
        if (query.has('code')) peer.close(Number(query.get('code')), query.get('reason') ?? '');
        else peer.close();
        break;
      case '/attempts':
        peer.send(`${most}`);
        break;
      case '/auth':
        peer.send(authorization);
        break;
      case '/ping':
        peer.on('pong', (data) => peer.send(`${data}`));
        peer.ping(query.get('data'));
        break;
      case '/log':
        peer.send(JSON.stringify(log.get(key) ?? []));
        break;
    }
  });
}

function slowly(peer, data) {
  peer.send(`${data.length}`);
  peer.pause();
  setTimeout(() => peer.resume(), 5);
}

/** Delays a handshake, and returns the largest number of handshakes with that key that were delayed at once. */
async function countAttempts(attempts, key) {
  const state = attempts.get(key) ?? { now: 0, most: 0 };
  attempts.set(key, state);
  state.now += 1;
  state.most = Math.max(state.most, state.now);
  await pause(150);
  state.now -= 1;
  return state.most;
}
