// The server whose connections are tampered with: it sends its response to the request of exchange.js.
import { Arrival, REQUEST, RESPONSE, requestBytes, responseBytes, sum } from '../exchange.js';
import { root } from '../pki.js';
import { startTlsBytes } from '../server.js';

/** Signatures of RSA keys have a fixed length, so that each connection has the same bytes at the same offsets. */
const certificate = () => root().issue({ names: ['*.tamper.test'], keyType: 'RSA-2048' });

/**
 * @param {import('node:tls').TlsOptions} options of the handshake
 * @returns {Promise<import('../../../../scripts/servers.js').Running & { wrong: number }>} `wrong` counts connections
 *   whose bytes are no prefix of the request
 */
export async function startTampered(options) {
  const running = await startTlsBytes({ certificate: certificate(), ...options }, (socket) => {
    const arrival = new Arrival(requestBytes());
    let parts = 0;
    const response = responseBytes();
    let sent = 0;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      arrival.add(chunk);
      if (!arrival.isPrefix) counted.wrong += 1;
      while (parts < REQUEST.length && arrival.count >= sum(REQUEST.slice(0, parts + 1))) {
        for (const length of RESPONSE[parts]) {
          socket.write(response.slice(sent, sent + length));
          sent += length;
        }
        parts += 1;
        if (parts === REQUEST.length) socket.end();
      }
    });
  });
  const counted = Object.assign(running, { wrong: 0 });
  return counted;
}
