// Proxies on loopback: npm's proxy-chain for CONNECT, with or without TLS, and npm's socks5-server. And servers that answer
// as a proxy must not.
import net from 'node:net';
import { createServer as createSocksServer } from '@pondwader/socks5-server';
import { Server as ProxyChain } from 'proxy-chain';
import { listen } from '../../../scripts/servers.js';

const HOST = '127.0.0.1';

/**
 * @typedef {object} RunningProxy
 * @property {string} url without credentials
 * @property {string} withCredentials its URL with them
 * @property {number} port
 * @property {string[]} places the hosts and ports that it was asked for
 * @property {() => Promise<unknown>} close
 */

/** @typedef {{ username: string, password: string }} Credentials */

/**
 * Starts an HTTP proxy.
 * @param {{ credentials?: Credentials, certificate?: import('../../../scripts/certificates.js').Certificate }} [options] with
 *   a certificate it is an https: proxy
 * @returns {Promise<RunningProxy>}
 */
export async function startHttpProxy({ credentials, certificate } = {}) {
  const places = [];
  const server = new ProxyChain({
    host: HOST,
    port: 0,
    ...(certificate && {
      serverType: /** @type {const} */ ('https'),
      httpsOptions: { cert: certificate.certPem, key: certificate.keyPem },
    }),
    prepareRequestFunction: ({ hostname, port, username, password, isHttp }) => {
      places.push(`${isHttp ? 'without CONNECT: ' : ''}${hostname}:${port}`);
      const accepted = !credentials || (username === credentials.username && password === credentials.password);
      return { requestAuthentication: !accepted };
    },
  });
  server.on('tlsError', () => {});
  await server.listen();
  return running(certificate ? 'https' : 'http', server.port, places, credentials, () => server.close(true));
}

/**
 * Starts a SOCKS proxy.
 * @param {{ credentials?: Credentials, allows?: (port: number) => boolean }} [options]
 * @returns {Promise<RunningProxy>} its URL's scheme is `socks5h`
 */
export async function startSocksProxy({ credentials, allows = () => true } = {}) {
  const places = [];
  const server = createSocksServer({ ...(credentials && { auth: credentials }) });
  server.setRulesetValidator(({ destAddress, destPort }) => {
    places.push(`${destAddress}:${destPort}`);
    return allows(destPort ?? 0);
  });
  server.setConnectionHandler(forward);
  // Its own `close()` leaves connections open, and its connections end in both directions at once.
  const { server: inner } = /** @type {any} */ (server);
  inner.allowHalfOpen = true;
  const { port, close } = await listen(inner);
  return running('socks5h', port, places, credentials, close);
}

/** Connects, and forwards in both directions until both have ended: the package's own handler loses ends and resets. */
function forward({ socket: near, destAddress: host, destPort: port }, sendStatus) {
  const far = net.connect({ host, port, allowHalfOpen: true, noDelay: true });
  far.once('connect', () => {
    sendStatus('REQUEST_GRANTED');
    near.pipe(far).pipe(near);
  });
  far.on('error', (/** @type {NodeJS.ErrnoException} */ { code }) => {
    if (far.pending) sendStatus(code === 'ECONNREFUSED' ? 'CONNECTION_REFUSED' : 'HOST_UNREACHABLE');
  });
  for (const [one, other] of [
    [near, far],
    [far, near],
  ]) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

/** @returns {RunningProxy} */
function running(scheme, port, places, credentials, close) {
  const { username = '', password = '' } = credentials ?? {};
  const userInfo = credentials ? `${encodeURIComponent(username)}:${encodeURIComponent(password)}@` : '';
  const at = (text) => `${scheme}://${text}${scheme === 'https' ? 'localhost' : HOST}:${port}`;
  return { url: at(''), withCredentials: at(userInfo), port, places, close };
}

/**
 * Starts a server that answers the bytes of each client as it is told.
 * @param {(socket: net.Socket, chunk: Buffer, request: number) => void} answer called with each chunk and its number
 */
export function startBadProxy(answer) {
  const server = net.createServer((socket) => {
    let requests = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      answer(socket, Buffer.from(chunk), requests);
      requests += 1;
    });
  });
  return listen(server, { scheme: 'http' });
}
