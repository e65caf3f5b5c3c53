// The WebSockets that are compared.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const installed = createRequire(new URL('../contenders/package.json', import.meta.url));

const [major, minor] = process.versions.node.split('.').map(Number);

/** The newest one that runs on this Node. */
const UNDICI = major > 22 || (major === 22 && minor >= 19) ? 'undici' : 'undici-7';

/** `ws` uses the add-on wherever it finds it. */
const WITHOUT_ADDON = { WS_NO_BUFFER_UTIL: '1' };

/**
 * What the client uses of the standard's interface.
 * @typedef {object} Socket
 * @property {(type: 'open' | 'message' | 'close' | 'error', listener: (event: any) => void) => void} addEventListener
 * @property {(data: string | Uint8Array<ArrayBuffer>) => void} send
 * @property {() => void} close
 * @property {number} bufferedAmount
 */

/**
 * @typedef {object} Contender
 * @property {() => Promise<(url: string) => Socket>} load in the contender's process
 * @property {string} [version]
 * @property {Record<string, string>} [env] of its process
 */

/** Its name and version. */
function version(folder) {
  const { name, version } = JSON.parse(readFileSync(installed.resolve(`${folder}/package.json`), 'utf8'));
  return `${name} ${version}`;
}

/** @type {() => Promise<(url: string) => Socket>} */
const loadWs = async () => {
  const { WebSocket } = installed('ws');
  return (url) => withBuffers(new WebSocket(url));
};

function withBuffers(socket) {
  socket.binaryType = 'arraybuffer';
  return socket;
}

/** @type {Record<string, Contender>} */
export const CONTENDERS = {
  'websocket-wasm': {
    load: async () => {
      const { WebSocket } = await import('websocket-wasm');
      return (url) => withBuffers(new WebSocket(url));
    },
  },
  ws: { load: loadWs, env: WITHOUT_ADDON, version: version('ws') },
  'ws, bufferutil': { load: loadWs, version: version('bufferutil') },
  // Its own interface, which is faster than the standard's.
  "ws's on()": {
    load: async () => {
      const { WebSocket } = installed('ws');
      return (url) => emitter(new WebSocket(url));
    },
    env: WITHOUT_ADDON,
  },
  undici: {
    load: async () => {
      const { WebSocket } = installed(UNDICI);
      return (url) => withBuffers(new WebSocket(url));
    },
    version: version(UNDICI),
  },
  websocket: {
    load: async () => {
      const { w3cwebsocket: WebSocket } = installed('websocket');
      const limits = { maxReceivedFrameSize: 2 ** 30, maxReceivedMessageSize: 2 ** 30 };
      return (url) => measurable(new WebSocket(url, undefined, undefined, undefined, undefined, limits));
    },
    version: version('websocket'),
  },
  'raw net': {
    load: async () => {
      const { Floor } = await import('./floor.js');
      return (url) => new Floor(url);
    },
  },
};

function emitter(socket) {
  return {
    addEventListener: (type, listener) => {
      if (type !== 'message') socket.on(type, listener);
      else socket.on('message', (bytes, isBinary) => listener({ data: isBinary ? bytes : bytes.toString() }));
    },
    send: (data) => socket.send(data),
    close: () => socket.close(),
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
  };
}

/** Its `bufferedAmount` is always 0. */
function measurable(socket) {
  return Object.defineProperty(socket, 'bufferedAmount', { get: () => socket._connection.socket.writableLength });
}
