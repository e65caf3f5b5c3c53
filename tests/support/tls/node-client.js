// Node's own TLS client, as the oracle for the tests' servers.
import { once } from 'node:events';
import tls from 'node:tls';

/**
 * Shakes hands with a server on loopback.
 * @param {{ port: number, host: string, ca?: string | string[], servername?: string } & tls.ConnectionOptions} options
 *   `host` of the URL; `ca` are the only authorities
 * @returns {Promise<string | null>} the error's message, null if the handshake was completed
 */
export async function nodeRefusal({ port, host, ca = [], servername, ...options }) {
  const name = servername ?? host.replace(/^\[|\]$/g, '');
  const socket = tls.connect({
    ca,
    ALPNProtocols: ['http/1.1'],
    ciphers: `${tls.DEFAULT_CIPHERS}:@SECLEVEL=0`,
    ...options,
    host: '127.0.0.1',
    port,
    // SNI has no addresses, but Node checks the certificate for `servername`, too.
    servername: /[a-z]/.test(name) && !name.includes(':') ? name : '',
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
  });
  try {
    await once(socket, 'secureConnect');
    return null;
  } catch (error) {
    return error.message;
  } finally {
    socket.destroy();
  }
}
