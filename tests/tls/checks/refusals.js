// What the client refuses of a server.
import assert from 'node:assert/strict';
import { endsWithAlert } from '../wire.js';

/** @typedef {import('./index.js').Check} Check */

/** @returns {Check} */
const legacy = (name) => ({
  title: `no connection to a server with nothing but ${name}`,
  applies: (server) => server.legacy.includes(name),
  run: async (env) => {
    const { tap } = await env.start({ identity: env.pki.servers['RSA-2048'], legacy: name });
    const connect = env.client();
    await assert.rejects(connect(tap.port), {
      code: /^tls-(handshake|alert-(handshake-failure|protocol-version|insufficient-security))$/,
    });
  },
});

/** @type {Check} */
const stranger = {
  title: 'no connection if the authority is unknown, and the server is told so by an alert',
  applies: () => true,
  run: async (env) => {
    const { tap } = await env.start();
    const connect = env.client({ ca: env.pki.stranger.certPem });
    await assert.rejects(connect(tap.port), { code: 'tls-certificate-unknown-issuer' });
    await tap.passed[0].sentAll;
    assert.equal(endsWithAlert(tap.passed[0].lastSent), true);
  },
};

/** @type {Check} */
const noProtocol = {
  title: 'no connection if ALPN finds no protocol',
  applies: ({ features }) => features.includes('alpn'),
  run: async (env) => {
    const { tap } = await env.start({ alpn: ['h2'] });
    const connect = env.client();
    await assert.rejects(connect(tap.port), { code: 'tls-alert-no-application-protocol' });
  },
};

/** @type {Check[]} */
export const refusals = [...['TLS 1.1', 'RSA key exchange', 'CBC'].map(legacy), stranger, noProtocol];
