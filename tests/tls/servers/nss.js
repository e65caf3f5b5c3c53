// NSS's `selfserv`: it answers a request with a page that has the request, and ends the connection.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from '../../../scripts/run.js';
import { freePort } from '../../../scripts/servers.js';
import { loopback } from './loopback.js';
import { ECDSA, KEY_TYPES, protocolOf, RSA, TLS13 } from './names.js';
import { started } from './program.js';

const GROUPS = { X25519: 'x25519', secp256r1: 'P256', secp384r1: 'P384' };
/** Numbers of IANA's registry. */
const NUMBERS = {
  TLS_CHACHA20_POLY1305_SHA256: '1303',
  TLS_AES_128_GCM_SHA256: '1301',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'cca9',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'c02b',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'c02c',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'cca8',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'c02f',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'c030',
};
const LEGACY = {
  'TLS 1.1': ['-V', 'tls1.1:tls1.1'],
  'RSA key exchange': ['-V', 'tls1.2:tls1.2', '-c', ':009c'],
  CBC: ['-V', 'tls1.2:tls1.2', '-c', ':c013'],
};

/** @type {import('./index.js').Server} */
export const nss = {
  name: 'nss',
  version: async () => {
    const [, version] =
      /^Version: (?:\d+:)?([\d.]+)/m.exec((await ask('dpkg-query', ['--status', 'libnss3-tools'])) ?? '') ?? [];
    return version && `selfserv of NSS ${version}`;
  },
  suites: [...TLS13, ...ECDSA, ...RSA],
  groups: Object.keys(GROUPS),
  // It has no option for the other kind.
  keyTypes: KEY_TYPES.filter((type) => type !== 'Ed25519'),
  legacy: Object.keys(LEGACY),
  // It accepts http/1.1 only, and no list of others.
  features: ['client certificates', 'end'],
  start: async (options) => {
    const port = await freePort();
    const args = ['-p', String(port), ...(await argumentsOf(options))];
    const env = { LD_PRELOAD: await loopback() };
    return { ...(await started('selfserv', args, 'About to call accept', { env })), port };
  },
  converse: async (connection, lines) => {
    await connection.write(Buffer.concat([REQUEST, lines, Buffer.from('\r\n')]));
    const page = await connection.rest();
    const at = page.indexOf(REQUEST) + REQUEST.length;
    return page.subarray(at, at + lines.length);
  },
  end: (connection) => connection.write(Buffer.concat([REQUEST, Buffer.from('\r\n')])),
};

const REQUEST = Buffer.from('GET / HTTP/1.0\r\n');

/** @param {import('./index.js').Options} options */
async function argumentsOf({ identity, folder, suite, protocol, group, clientCa, legacy }) {
  const only = protocol ?? (suite && protocolOf(suite));
  const versions = only
    ? [only.replace('v', '').toLowerCase(), only.replace('v', '').toLowerCase()]
    : ['tls1.2', 'tls1.3'];
  const ecdsa = identity.key.asymmetricKeyType === 'ec';
  await fillStore(folder, identity, clientCa);
  return [
    ...['-d', `sql:${folder}`, ecdsa ? '-e' : '-n', NICKNAME],
    // Verbose, session tickets.
    ...['-v', '-u'],
    ...(legacy ? LEGACY[legacy] : ['-V', versions.join(':')]),
    ...(suite ? ['-c', `:${NUMBERS[suite]}`] : []),
    ...(group ? ['-I', GROUPS[group]] : []),
    // Twice: it is required.
    ...(clientCa ? ['-r', '-r'] : []),
  ];
}

const NICKNAME = 'server';

/** Makes the certificate store that selfserv reads. */
async function fillStore(folder, { certPem, keyPem }, clientCa) {
  const file = (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const store = ['-d', `sql:${folder}`];
  await quietly('certutil', ['-N', ...store, '--empty-password']);
  const [cert, key, bundle] = [file('cert.pem', certPem), file('key.pem', keyPem), join(folder, 'server.p12')];
  const names = ['-name', NICKNAME, '-passout', 'pass:'];
  await quietly('openssl', ['pkcs12', '-export', '-in', cert, '-inkey', key, '-out', bundle, ...names]);
  await quietly('pk12util', ['-i', bundle, ...store, '-W', '']);
  // T: it is trusted to issue certificates of clients.
  if (clientCa)
    await quietly('certutil', ['-A', ...store, '-n', 'clients', '-t', 'T,,', '-i', file('ca.pem', clientCa)]);
}

async function quietly(program, args) {
  if ((await ask(program, args)) === undefined) throw new Error(`${program} ${args.join(' ')} failed`);
}
