// Servers with which no handshake is possible: old versions, weak cipher suites, other protocols.
import { localhost, root, rsa } from '../pki.js';
import { startTcp } from '../server.js';
import { refused, trust } from './refusal.js';

const TLS12 = /** @type {const} */ ({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
const TLS13 = /** @type {const} */ ({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });

/** @param {import('node:tls').SecureVersion} version */
const speaking = (version) => ({ certificate: localhost(), minVersion: version, maxVersion: version });

/** A server that only has these cipher suites of TLS 1.2. */
const suites = (ciphers, more) => ({ certificate: rsa(), ...TLS12, ciphers, ...more });

const REFUSED = 'tls-alert-handshake-failure';

/** What isn't TLS, by a server that sends it at once or once it was sent something. */
function garbled(title, code, serve) {
  const node = code === 'tls-truncated' ? 'disconnected before secure TLS connection' : 'wrong version number';
  return { title, code, start: () => startTcp(serve), host: 'localhost', tls: () => trust(root()), node };
}

const HTTP = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** @type {import('./refusal.js').Refusal[]} */
export const HANDSHAKES = [
  refused('TLS 1.0 only', 'tls-alert-protocol-version', () => speaking('TLSv1'), { node: 'alert protocol version' }),
  refused('TLS 1.1 only', 'tls-alert-protocol-version', () => speaking('TLSv1.1'), { node: 'alert protocol version' }),
  refused('RSA key exchange only', REFUSED, () => suites('AES128-GCM-SHA256:AES256-GCM-SHA384')),
  refused('finite-field Diffie-Hellman only', REFUSED, () => suites('DHE-RSA-AES128-GCM-SHA256', { dhparam: 'auto' })),
  refused('CBC only', REFUSED, () => suites('ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA384')),
  refused('TLS 1.3 with AES-256 only', REFUSED, () => ({
    certificate: localhost(),
    ...TLS13,
    ciphers: 'TLS_AES_256_GCM_SHA384',
  })),
  refused('a group that is not offered', REFUSED, () => ({ certificate: localhost(), ecdhCurve: 'secp521r1' })),
  refused(
    'HTTP/2 only',
    'tls-alert-no-application-protocol',
    () => ({
      certificate: localhost(),
      ALPNProtocols: ['h2'],
    }),
    { node: 'alert no application protocol' },
  ),
  refused(
    'TLS 1.2 that demands a client certificate',
    REFUSED,
    () => ({
      certificate: localhost(),
      ...TLS12,
      requestCert: true,
      ca: root().certPem,
    }),
    { node: 'alert handshake failure' },
  ),
  refused('TLS 1.3 that demands a client certificate', 'tls-alert-certificate-required', () => ({
    certificate: localhost(),
    ...TLS13,
    requestCert: true,
    ca: root().certPem,
  })),
  garbled('an HTTP answer', 'tls-handshake', (socket) => socket.once('data', () => socket.end(HTTP))),
  garbled('an SSH greeting', 'tls-handshake', (socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n')),
  garbled('zeros', 'tls-handshake', (socket) => socket.write(Buffer.alloc(100_000))),
  garbled('a server that ends the connection at once', 'tls-truncated', (socket) => socket.end()),
  garbled('a server that ends the connection after the first bytes', 'tls-truncated', (socket) =>
    socket.once('data', () => socket.end(Buffer.of(0x16, 3, 3, 0, 100, 2, 0))),
  ),
];
