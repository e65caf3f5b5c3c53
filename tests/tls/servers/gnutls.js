// `gnutls-serv`: it echoes lines, or answers with a page.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from '../../../scripts/run.js';
import { freePort } from '../../../scripts/servers.js';
import { loopback } from './loopback.js';
import { ECDSA, KEY_TYPES, protocolOf, RSA, TLS13 } from './names.js';
import { started } from './program.js';

const GROUPS = { X25519: 'X25519', secp256r1: 'SECP256R1', secp384r1: 'SECP384R1' };
const CIPHERS = {
  CHACHA20_POLY1305_SHA256: 'CHACHA20-POLY1305',
  AES_128_GCM_SHA256: 'AES-128-GCM',
  AES_256_GCM_SHA384: 'AES-256-GCM',
};
const LEGACY = {
  'TLS 1.1': 'NORMAL:-VERS-ALL:+VERS-TLS1.1',
  'RSA key exchange': 'NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA',
  CBC: 'NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-CBC',
};

/** @type {import('./index.js').Server} */
export const gnutls = {
  name: 'gnutls',
  version: async () => {
    const [, version] = /^gnutls-serv (\S+)/.exec((await ask('gnutls-serv', ['--version'])) ?? '') ?? [];
    return version && `gnutls-serv ${version}`;
  },
  suites: [...TLS13, ...ECDSA, ...RSA],
  groups: Object.keys(GROUPS),
  keyTypes: KEY_TYPES,
  legacy: Object.keys(LEGACY),
  features: ['client certificates', 'alpn', 'end', 'long'],
  start: async (options) => {
    const port = await freePort();
    const args = ['--port', String(port), ...argumentsOf(options)];
    const env = { LD_PRELOAD: await loopback() };
    return { ...(await started('gnutls-serv', args, /listening on IPv4.*done/, { env })), port };
  },
  converse: async (connection, lines) => {
    const [answer] = await Promise.all([connection.read(lines.length), connection.write(lines)]);
    return answer;
  },
  end: (connection) => connection.write(Buffer.from('GET / HTTP/1.0\r\n\r\n')),
};

/** @param {import('./index.js').Options} options */
function argumentsOf({ identity, folder, suite, protocol, group, clientCa, alpn, legacy, ends }) {
  const file = (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  return [
    ...['--x509certfile', file('cert.pem', identity.certPem), '--x509keyfile', file('key.pem', identity.keyPem)],
    ...['--priority', legacy ? LEGACY[legacy] : priority({ suite, protocol, group })],
    ends ? '--http' : '--echo',
    ...(clientCa
      ? ['--require-client-cert', '--verify-client-cert', '--x509cafile', file('ca.pem', clientCa)]
      : ['--disable-client-cert']),
    ...(alpn ? [...alpn.flatMap((name) => ['--alpn', name]), '--alpn-fatal'] : []),
  ];
}

/** A priority string: GnuTLS's list of what may be negotiated. */
function priority({ suite, protocol, group }) {
  const only = protocol ?? (suite && protocolOf(suite));
  const cipher = suite && CIPHERS[suite.replace(/^TLS_(ECDHE_\w+_WITH_)?/, '')];
  const exchange = /^TLS_(ECDHE_\w+)_WITH/.exec(suite ?? '')?.[1].replace('_', '-');
  return [
    'NORMAL',
    ...(only ? ['-VERS-ALL', `+VERS-${only.replace('v', '')}`] : []),
    ...(cipher ? ['-CIPHER-ALL', `+${cipher}`] : []),
    ...(exchange ? ['-KX-ALL', `+${exchange}`] : []),
    ...(group ? ['-GROUP-ALL', `+GROUP-${GROUPS[group]}`] : []),
  ].join(':');
}
