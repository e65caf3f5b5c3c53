// Servers by node:tls, in runtimes on different implementations of TLS.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, root } from '../../../scripts/run.js';
import { ECDSA, GROUPS, KEY_TYPES, opensslGroup, opensslSuite, protocolOf, RSA, SUITES } from './names.js';
import { started } from './program.js';

/** @typedef {import('./index.js').Server} Server */

const ENDPOINT = fileURLToPath(new URL('endpoint.js', import.meta.url));
const tool = (name) => join(root, 'tests', 'node_modules', '.bin', name);

/** npm's package of a Node for this platform whose OpenSSL is newer than that of the oldest Node that runs this. */
const PACKAGE = `node_modules/node-${process.platform}-${process.arch}/bin/node`;
const newer = fileURLToPath(new URL(`../${PACKAGE}`, import.meta.url));

const openssl = (versions) => `Node ${versions.node}: OpenSSL ${versions.openssl}`;

const LEGACY = {
  'TLS 1.1': { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' },
  'RSA key exchange': { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' },
  CBC: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-SHA' },
};

/** @type {Server[]} */
export const nodeServers = [
  server({
    name: 'node',
    command: [process.execPath],
    version: async () => openssl(process.versions),
    suites: SUITES,
    groups: GROUPS.slice(1),
    legacy: Object.keys(LEGACY),
  }),
  server({
    name: 'node-24',
    command: [newer],
    version: async () => openssl(JSON.parse(await asked(newer, '-p', 'JSON.stringify(process.versions)'))),
    suites: SUITES,
    groups: GROUPS,
    legacy: Object.keys(LEGACY),
  }),
  server({
    name: 'bun',
    command: [tool('bun')],
    version: async () => {
      const versions = JSON.parse(await asked(tool('bun'), '-p', 'JSON.stringify(process.versions)'));
      return `Bun ${versions.bun}: BoringSSL ${versions.boringssl.slice(0, 7)}`;
    },
    // BoringSSL's of TLS 1.3 can't be selected.
    suites: [...ECDSA, ...RSA],
    groups: GROUPS,
    legacy: Object.keys(LEGACY),
  }),
  server({
    name: 'deno',
    command: [tool('deno'), 'run', '--quiet', '--allow-all'],
    version: async () => `Deno ${/\S+$/m.exec(await asked(tool('deno'), '-V'))}: rustls on aws-lc`,
    // It ignores these options, and prefers this group.
    suites: [],
    groups: ['X25519MLKEM768'],
    legacy: [],
    resets: true,
  }),
];

/** @returns {Server} */
function server({ name, command: [program, ...args], version, suites, groups, legacy, resets = false }) {
  return {
    name,
    version: async () => (existsSync(program) ? version() : undefined),
    suites,
    groups,
    legacy,
    resets,
    keyTypes: KEY_TYPES,
    features: ['client certificates', 'alpn', 'forward', 'end', 'long'],
    start: async (options) => {
      const more = [...args, ENDPOINT, JSON.stringify(optionsOf(options))];
      const running = await started(program, more, /^\{"port":\d+\}$/m);
      const [, port] = /"port":(\d+)/.exec(running.transcript());
      return { ...running, port: Number(port) };
    },
    converse: async (connection, lines) => {
      const [answer] = await Promise.all([connection.read(lines.length), connection.write(lines)]);
      return answer;
    },
    end: async (connection, running) => {
      // So that the server has the connection.
      await connection.write(Buffer.from('\n'));
      await connection.read(1);
      running.type('end\n');
    },
  };
}

/**
 * The options of `tls.createServer()`.
 * @param {import('./index.js').Options} options
 */
function optionsOf({ identity, suite, protocol, group, clientCa, alpn, legacy, forward }) {
  const only = protocol ?? (suite ? protocolOf(suite) : undefined);
  return {
    cert: identity.certPem,
    key: identity.keyPem,
    to: forward,
    ...(only && { minVersion: only, maxVersion: only }),
    ...(suite && { ciphers: opensslSuite(suite) }),
    ...(group && { ecdhCurve: opensslGroup(group) }),
    ...(clientCa && { requestCert: true, rejectUnauthorized: true, ca: clientCa }),
    ...(alpn && { ALPNProtocols: alpn }),
    ...LEGACY[legacy],
  };
}

async function asked(program, ...args) {
  const printed = await ask(program, args);
  if (printed === undefined) throw new Error(`${program} can't be run`);
  return printed;
}
