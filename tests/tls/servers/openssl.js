// `openssl s_server`: it answers lines reversed, or with a page, or is a console.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from '../../../scripts/run.js';
import { freePort } from '../../../scripts/servers.js';
import { ECDSA, KEY_TYPES, opensslGroup, opensslSuite, protocolOf, RSA, TLS13 } from './names.js';
import { started } from './program.js';

const VERSIONS = { 'TLSv1.2': '-tls1_2', 'TLSv1.3': '-tls1_3' };
const LEGACY = {
  'TLS 1.1': ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'],
  'RSA key exchange': ['-tls1_2', '-cipher', 'AES128-GCM-SHA256'],
  CBC: ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-SHA'],
};

/** @type {import('./index.js').Server} */
export const openssl = {
  name: 'openssl',
  version: async () => {
    const [, version] = /^OpenSSL (\S+)/.exec((await ask('openssl', ['version'])) ?? '') ?? [];
    return version && `openssl s_server ${version}`;
  },
  suites: [...TLS13, ...ECDSA, ...RSA],
  groups: ['X25519', 'secp256r1', 'secp384r1'],
  keyTypes: KEY_TYPES,
  legacy: Object.keys(LEGACY),
  features: ['client certificates', 'alpn', 'console', 'small records', 'end', 'long'],
  start: async (options) => {
    const port = await freePort();
    const args = ['s_server', '-accept', `127.0.0.1:${port}`, ...argumentsOf(options)];
    return { ...(await started('openssl', args, 'ACCEPT')), port };
  },
  converse: async (connection, lines) => {
    const [answer] = await Promise.all([connection.read(lines.length), connection.write(lines)]);
    return Buffer.from(`${answer}`.split('\n').map(reversed).join('\n'));
  },
  end: (connection) => connection.write(Buffer.from('GET / HTTP/1.0\r\n\r\n')),
};

const reversed = (line) => [...line].reverse().join('');

/** @param {import('./index.js').Options} options */
function argumentsOf(options) {
  const { identity, folder, suite, protocol, group, clientCa, alpn, legacy, smallRecords } = options;
  const file = (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const cert = file('cert.pem', identity.certPem);
  const only = protocol ?? (suite && protocolOf(suite));
  return [
    ...['-cert', cert, '-key', file('key.pem', identity.keyPem)],
    ...modeOf(options),
    ...(only ? [VERSIONS[only]] : []),
    ...(suite ? [only === 'TLSv1.3' ? '-ciphersuites' : '-cipher', opensslSuite(suite)] : []),
    ...(group ? ['-groups', opensslGroup(group)] : []),
    ...(clientCa ? ['-Verify', '2', '-verify_return_error', '-CAfile', file('ca.pem', clientCa)] : []),
    ...(alpn ? ['-alpn', alpn.join(',')] : []),
    ...(legacy ? LEGACY[legacy] : []),
    ...(smallRecords ? ['-max_send_frag', '512', '-record_padding', '300'] : []),
  ];
}

/**
 * What it does with a connection's data. A console prints the handshake's messages, too.
 * @param {import('./index.js').Options} options
 */
function modeOf({ console: asConsole, ends }) {
  if (asConsole) return ['-msg'];
  return [ends ? '-www' : '-rev'];
}
