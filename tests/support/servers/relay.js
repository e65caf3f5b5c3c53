// Relays for tests, on loopback: npm `ws` carries the packets.
import { createServer } from 'node:http';
import { server as wisp } from '@mercuryworkshop/wisp-js/server';
import { WebSocketServer } from 'ws';
import { listen, startRelay } from '../../../scripts/servers.js';

/** @typedef {import('ws').WebSocket & { _socket: import('node:net').Socket }} CarrierSocket a carrier's end at the relay */

/**
 * Starts a server of carriers.
 * @param {(carrier: CarrierSocket) => void} serve
 * @param {import('ws').ServerOptions} [options]
 */
export async function start(serve, options) {
  const http = createServer();
  const server = new WebSocketServer({ server: http, ...options });
  /** @type {string[]} */
  const requests = [];
  // As they arrive, also those that the client gives up at the response.
  server.on('headers', (_, { url, headers }) =>
    requests.push(`${url} ${headers['sec-websocket-protocol'] ?? ''}`.trim()),
  );
  server.on('connection', (/** @type {any} */ carrier) => {
    carrier.on('error', () => {});
    carrier.binaryType = 'arraybuffer';
    serve(carrier);
  });
  const { url, port, close } = await listen(http);
  return {
    url,
    port,
    close,
    /** The path and the offered subprotocols of each handshake. */
    requests,
    /** The number of open carriers. */
    get open() {
      return server.clients.size;
    },
  };
}

/**
 * wisp-js in a server that accepts messages of at most 64 KiB, as relays on wisp-mux do. It may connect to the targets of
 * the last `startRelay`.
 */
export function startSmallRelay() {
  const serve = async (carrier) => {
    const connection = new wisp.ServerConnection(carrier, '/', { wisp_version: 1 });
    await connection.setup();
    await connection.run();
  };
  return start(serve, { maxPayload: 64 * 1024 });
}

/**
 * wisp-js in a server that keeps every packet it receives and sends. It may connect to these ports of this machine.
 * @param {number[]} targets
 */
export async function startCapturing(targets) {
  // The options of wisp-js apply to the whole process.
  const unused = await startRelay({ targets });
  await unused.close();
  /** @type {Buffer[]} */
  const captured = [];
  /** @type {number[]} */
  const arrived = [];
  const running = await start(async (carrier) => {
    carrier.on('message', (/** @type {ArrayBuffer} */ data) => {
      captured.push(Buffer.from(data));
      arrived.push(data.byteLength);
    });
    const send = carrier.send.bind(carrier);
    carrier.send = (data, ...rest) => {
      captured.push(Buffer.from(data));
      send(data, ...rest);
    };
    const connection = new wisp.ServerConnection(carrier, '/', { wisp_version: 1 });
    await connection.setup();
    await connection.run();
  });
  return Object.assign(running, {
    captured,
    /** The lengths of those that it received. */
    arrived,
  });
}

/** Packet types. */
export const CONNECT = 1;
export const DATA = 2;
export const CONTINUE = 3;
export const CLOSE = 4;
export const INFO = 5;

/**
 * A packet.
 * @param {number} type
 * @param {number} id
 * @param {...number} payload its bytes
 */
export function packet(type, id, ...payload) {
  const bytes = Buffer.alloc(5 + payload.length);
  bytes[0] = type;
  bytes.writeUInt32LE(id, 1);
  bytes.set(payload, 5);
  return bytes;
}

/**
 * Options of npm `ws` for a server that chooses no subprotocol: a client that offers one then fails.
 * @type {import('ws').ServerOptions}
 */
export const WITHOUT_SUBPROTOCOL = { handleProtocols: () => false };

/**
 * A relay whose packets the test supplies.
 * @param {(carrier: CarrierSocket, packet: { type: number, id: number, payload: Buffer }) => void} answer called for each
 *   packet that arrives
 * @param {{ greeting?: Uint8Array, accepts?: boolean, credit?: number, ws?: import('ws').ServerOptions }} [options] its first
 *   packet; whether it sends the first CONTINUE, and how many packets that allows; options of its server
 */
export function startScripted(answer, { greeting, accepts = true, credit = 128, ws } = {}) {
  return start((carrier) => {
    if (greeting) carrier.send(greeting);
    if (accepts) carrier.send(packet(CONTINUE, 0, credit, 0, 0, 0));
    carrier.on('message', (data) => {
      const bytes = Buffer.from(/** @type {ArrayBuffer} */ (data));
      answer(carrier, { type: bytes[0], id: bytes.readUInt32LE(1), payload: bytes.subarray(5) });
    });
  }, ws);
}
