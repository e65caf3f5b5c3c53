// Opens the sockets that INPUT says, and ends by itself: in Node, Deno or Bun. Prints how each of them ended.
import { connectionOf, tcp, tls, WebSocket, wisp } from 'websocket-wasm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { relay, webTransport } from 'websocket-wasm/transports';
import { WebSocket as Ws } from 'ws';

/** tcp() with options. @returns {import('websocket-wasm').Transport} */
const tcpWith = (/** @type {import('websocket-wasm').TcpOptions} */ options) => tcp(options);

/** A class for carriers. */
const carrierClass = (options) =>
  class extends WebSocket {
    constructor(url, protocols) {
      super(url, { protocols, transport: tcpWith(options) });
    }
  };

/** Makes the transport of a case. @type {Record<string, (argument: any) => import('websocket-wasm').Transport>} */
const TRANSPORTS = {
  tcp: tcpWith,
  tls: ({ ca, ...options }) => tls(tcpWith(options), { ca }),
  wisp: ({ url, ...options }) => wisp(url, { WebSocket: carrierClass(options) }),
  wispByWs: ({ url }) => wisp(url, { WebSocket: /** @type {any} */ (Ws) }),
  wispByPlatform: ({ url }) => wisp(url),
  relay: ({ template, ...options }) => relay(template, { WebSocket: carrierClass(options) }),
  relayByWs: ({ template }) => relay(template, { WebSocket: /** @type {any} */ (Ws) }),
  relayByPlatform: ({ template }) => relay(template),
  webTransport: ({ url, hash }) =>
    webTransport(url, { serverCertificateHashes: [{ algorithm: 'sha-256', value: new Uint8Array(hash) }] }),
  link: () => (target) => tcp(target),
  never: () => () => new Promise(() => {}),
};

const { cases, isLeftOpen } = JSON.parse(process.env.INPUT ?? '{}');
const outcomes = {};

function report(name, outcome) {
  outcomes[name] = outcome;
  if (Object.keys(outcomes).length === Object.keys(cases).length) {
    clearInterval(waiting);
    console.log(JSON.stringify(outcomes));
  }
}

// Sockets may keep the process alive by nothing.
const waiting = setInterval(() => {}, 1_000);
if (!isLeftOpen) clearInterval(waiting);

for (const [name, { kind, argument, url, options, isStream }] of Object.entries(cases)) {
  const transport = TRANSPORTS[kind](argument);
  if (isStream) {
    const stream = new WebSocketStream(url, { transport, ...options });
    stream.closed.then(
      ({ closeCode }) => report(name, closeCode),
      (error) => report(name, error.closeCode ?? error.name),
    );
    stream.opened.then(() => stream.close({ closeCode: 1000 }));
    continue;
  }
  const socket = new WebSocket(url, { transport, ...options });
  socket.onopen = () => socket.send('hello');
  socket.onmessage = () => (isLeftOpen ? report(name, 'open') : socket.close(1000));
  socket.onclose = ({ code }) => report(name, connectionOf(socket).failure?.code ?? code);
}
