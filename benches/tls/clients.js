// A TLS connection of this package, and one of Node's own, behind one interface.
import tls from 'node:tls';
import * as ours from 'websocket-wasm';

/**
 * @typedef {object} Stream
 * @property {(bytes: Uint8Array) => Promise<unknown>} write resolves once they are flushed
 * @property {(listener: (length: number) => void) => void} onData called with the number of bytes that arrived
 * @property {boolean} resumed
 * @property {() => void} destroy
 */

/**
 * Makes a function that connects, and resumes the sessions of earlier connections to that name.
 * @typedef {(ca: string) => (port: number, servername: string) => Promise<Stream>} Client
 */

/** @type {Record<'ours' | 'node', Client>} */
export const CLIENTS = {
  ours: (ca) => {
    const byName = new Map();
    return async (port, servername) => {
      const transport = byName.get(servername) ?? ours.tls(ours.tcp, { ca, servername });
      byName.set(servername, transport);
      const target = { hostname: '127.0.0.1', port, secure: true, url: `wss://127.0.0.1:${port}/` };
      const link = await transport({ ...target, signal: new AbortController().signal });
      let listener = (/** @type {number} */ _) => {};
      link.open({
        data: ({ length }) => listener(length),
        end: () => {},
        fail: (error) => {
          throw error;
        },
      });
      return {
        write: (bytes) => new Promise((resolve) => link.write(bytes, () => resolve(undefined))),
        onData: (then) => {
          listener = then;
        },
        resumed: link.tls.resumed,
        destroy: () => link.destroy(),
      };
    };
  },
  node: (ca) => {
    const sessions = new Map();
    // One for all connections, as a program would: parsing the authority is not part of a handshake.
    const secureContext = tls.createSecureContext({ ca });
    return async (port, servername) => {
      const options = { host: '127.0.0.1', port, servername, secureContext, session: sessions.get(servername) };
      const socket = tls.connect({ ...options, ALPNProtocols: ['http/1.1'] });
      socket.setNoDelay(true);
      socket.on('session', (session) => sessions.set(servername, session));
      await new Promise((resolve, reject) =>
        socket.once('secureConnect', () => resolve(undefined)).once('error', reject),
      );
      return {
        write: (bytes) => new Promise((resolve) => socket.write(bytes, resolve)),
        onData: (then) => socket.removeAllListeners('data').on('data', ({ length }) => then(length)),
        resumed: socket.isSessionReused(),
        destroy: () => socket.destroy(),
      };
    };
  },
};
