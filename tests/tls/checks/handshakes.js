// Handshakes: versions, suites, groups, keys of certificates.
import assert from 'node:assert/strict';
import { OFFERED } from '../client.js';
import { ECDSA, KEY_TYPES, protocolOf, RSA, TLS13 } from '../servers/names.js';
import { handshake } from './conversation.js';

/** @typedef {import('./index.js').Check} Check */

const PROTOCOLS = /** @type {const} */ (['TLSv1.3', 'TLSv1.2']);

/** @type {Check} */
const preferred = {
  title: 'TLS 1.3, with the suite and the group that the server prefers',
  applies: () => true,
  run: async (env) => {
    const seen = await handshake(env, await env.start(), env.client());
    assert.equal(seen.protocol, 'TLSv1.3');
    assert.ok(TLS13.includes(seen.cipherSuite), seen.cipherSuite);
    assert.equal(seen.clientHellos, 1);
  },
};

/** @returns {Check} */
const suite = (name) => ({
  title: name,
  applies: ({ suites }) => suites.includes(name),
  run: async (env) => {
    const identity = env.pki.servers[RSA.includes(name) ? 'RSA-2048' : 'P-256'];
    const seen = await handshake(env, await env.start({ identity, suite: name }), env.client());
    assert.equal(seen.cipherSuite, name);
    assert.equal(seen.protocol, protocolOf(name));
  },
});

/** @returns {Check} */
const group = (protocol, name) => ({
  title: `${protocol}, ${name}`,
  applies: ({ groups }) => groups.includes(name),
  run: async (env) => {
    // With a certificate that needs none of these groups.
    const identity = env.pki.servers['RSA-2048'];
    const seen = await handshake(env, await env.start({ identity, protocol, group: name }), env.client());
    assert.equal(seen.group, name);
    assert.equal(seen.protocol, protocol);
    // A group whose key share isn't in the first ClientHello takes a second one, and no other does.
    const shared = protocol === 'TLSv1.2' || name.startsWith('X25519');
    assert.equal(seen.retried, !shared);
    assert.equal(seen.clientHellos, shared ? 1 : 2);
  },
});

/** @returns {Check} */
const certificate = (protocol, keyType) => ({
  title: `${protocol}, a certificate with ${keyType}`,
  applies: ({ keyTypes }) => keyTypes.includes(keyType),
  run: async (env) => {
    const identity = env.pki.servers[keyType];
    const seen = await handshake(env, await env.start({ identity, protocol }), env.client());
    assert.equal(seen.protocol, protocol);
  },
});

/** @type {Check} */
const alpn = {
  title: 'ALPN: http/1.1',
  applies: ({ features }) => features.includes('alpn'),
  run: async (env) => {
    const running = await env.start({ alpn: ['h2', 'http/1.1'] });
    const seen = await handshake(env, running, env.client());
    assert.equal(seen.alpn, 'http/1.1');
  },
};

/** @type {Check[]} */
export const handshakes = [
  preferred,
  ...[...TLS13, ...ECDSA, ...RSA].map(suite),
  ...PROTOCOLS.flatMap((protocol) =>
    OFFERED.filter((name) => protocol === 'TLSv1.3' || name !== 'X25519MLKEM768').map((name) => group(protocol, name)),
  ),
  ...PROTOCOLS.flatMap((protocol) => KEY_TYPES.map((keyType) => certificate(protocol, keyType))),
  alpn,
];
