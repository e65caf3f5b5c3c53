// TLS in front of the suite's server: Node's own, with a certificate of an authority made for it.
import net from 'node:net';
import tls from 'node:tls';
import { createAuthority } from '../certificates.js';
import { listen } from '../servers.js';

/**
 * @param {number} target a port of this machine, which gets the plain bytes
 * @returns {Promise<{ port: number, ca: string, close: () => Promise<unknown> }>} `ca` is the authority's PEM
 */
export async function startTerminator(target) {
  const authority = createAuthority();
  const { certPem: cert, keyPem: key } = authority.issue({ names: ['127.0.0.1'] });
  // Without delays: Nagle's algorithm and delayed acknowledgements would add 40 ms to each of thousands of messages.
  const server = tls.createServer({ cert, key, noDelay: true }, (near) => {
    const far = net.connect({ port: target, host: '127.0.0.1', noDelay: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.end());
      one.pipe(other);
    }
  });
  server.on('tlsClientError', () => {});
  const { port, close } = await listen(server);
  return { port, ca: authority.certPem, close };
}
