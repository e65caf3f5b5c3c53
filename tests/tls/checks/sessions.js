// Resumption, and certificates of clients.
import assert from 'node:assert/strict';
import { handshake } from './conversation.js';

/** @typedef {import('./index.js').Check} Check */

const PROTOCOLS = /** @type {const} */ (['TLSv1.3', 'TLSv1.2']);

/** @returns {Check} */
const resumption = (protocol) => ({
  title: `${protocol}, the second and the third connection are resumed`,
  applies: () => true,
  run: async (env) => {
    const running = await env.start({ protocol });
    const connect = env.client();
    const all = [];
    for (let i = 0; i < 3; i += 1) all.push(await handshake(env, running, connect));
    assert.deepEqual(
      all.map(({ resumed }) => resumed),
      [false, true, true],
    );
    // A client with other authorities doesn't resume it.
    assert.equal((await handshake(env, running, env.client())).resumed, false);
  },
});

/** @returns {Check} */
const clientCertificate = (protocol, keyType) => ({
  title: `${protocol}, the client's certificate with ${keyType}`,
  applies: ({ features, keyTypes }) => features.includes('client certificates') && keyTypes.includes(keyType),
  run: async (env) => {
    const running = await env.start({ protocol, clientCa: env.pki.clientAuthority.certPem });
    const { certPem: cert, keyPem: key } = env.pki.clients[keyType];
    assert.equal((await handshake(env, running, env.client({ cert, key }))).protocol, protocol);
  },
});

/** @returns {Check} */
const missingCertificate = (protocol) => ({
  title: `${protocol}, a server that requires a certificate, and a client without`,
  applies: ({ features }) => features.includes('client certificates'),
  run: async (env) => {
    const running = await env.start({ protocol, clientCa: env.pki.clientAuthority.certPem });
    const connect = env.client();
    // In TLS 1.3 the client's handshake is complete before the server sees that the certificate is missing.
    const outcome = connect(running.tap.port);
    const error = protocol === 'TLSv1.3' ? await (await outcome).over : await outcome.catch((reason) => reason);
    // GnuTLS calls an empty list of certificates a decoding error.
    const codes = ['certificate-required', 'handshake-failure', 'bad-certificate', 'decode-error'];
    const alerts = codes.map((name) => `tls-alert-${name}`);
    assert.ok([...alerts, ...(env.server.resets ? ['tls-truncated'] : [])].includes(error?.code), `${error?.code}`);
  },
});

/** @type {Check[]} */
export const sessions = [
  ...PROTOCOLS.map(resumption),
  ...PROTOCOLS.flatMap((protocol) => ['P-256', 'Ed25519'].map((keyType) => clientCertificate(protocol, keyType))),
  ...PROTOCOLS.map(missingCertificate),
];
