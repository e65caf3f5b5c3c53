// The relay of examples/relay-webtransport, and its certificate.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createAuthority } from '../../../scripts/certificates.js';
import { root, run } from '../../../scripts/run.js';

const DAY = 24 * 60 * 60 * 1000;
const FOLDER = 'examples/relay-webtransport';
/** Of all examples: target/ is kept between runs. */
const TARGET = join(root, 'target', 'examples');

/** Compiles the relay; returns the path of the program. */
export async function buildRelay() {
  await run('cargo', [
    'build',
    '--quiet',
    '--locked',
    `--manifest-path=${FOLDER}/Cargo.toml`,
    `--target-dir=${TARGET}`,
  ]);
  return join(TARGET, 'debug', 'relay-webtransport');
}

/** @typedef {{ certPem: string, keyPem: string, hash: number[] }} ShortLived */

/**
 * A certificate as `serverCertificateHashes` takes it: an ECDSA key, and valid for at most 14 days.
 * @returns {ShortLived}
 */
export function shortLived() {
  const { certPem, keyPem, der } = createAuthority({
    name: 'Relay of the tests',
    names: ['localhost', '127.0.0.1'],
    isCa: false,
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + 12 * DAY),
  });
  return { certPem, keyPem, hash: [...createHash('sha256').update(der).digest()] };
}

/**
 * Starts a program that serves WebTransport, with a certificate, on loopback. It says where it listens by its first line,
 * whose last word is `ADDRESS:PORT`.
 * @param {(files: { cert: string, key: string }) => { program: string, args?: string[], env?: Record<string, string> }} command
 * @param {ShortLived} [certificate]
 */
export async function startServer(command, certificate = shortLived()) {
  const folder = await mkdtemp(join(tmpdir(), 'relay-'));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await writeFile(files.cert, certificate.certPem);
  await writeFile(files.key, certificate.keyPem);
  const { program, args = [], env = {} } = command(files);
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  /** @param {NodeJS.Signals} [signal] */
  const close = async (signal = 'SIGTERM') => {
    child.kill(signal);
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  /** @param {NodeJS.Signals} signal */
  const signal = (signal) => child.kill(signal);
  const lines = createInterface(child.stdout);
  const listening = await Promise.race([once(lines, 'line'), exited.then(() => undefined)]);
  if (!listening) {
    await close();
    throw new Error(`${program} didn't start`);
  }
  const port = Number(/:(\d+)$/.exec(listening[0])?.[1]);
  return { url: `https://127.0.0.1:${port}/`, port, hash: certificate.hash, certificate, signal, close };
}

/**
 * Starts the relay.
 * @param {string} program its path
 * @param {{ allow: string[], token?: string, origins?: string[], listen?: string, certificate?: ShortLived,
 *   env?: Record<string, string> }} settings `env`: more of its variables
 */
export function startRelay(program, { allow, token, origins, listen = '127.0.0.1:0', certificate, env }) {
  const command = ({ cert, key }) => ({
    program,
    env: {
      RELAY_LISTEN: listen,
      RELAY_CERT: cert,
      RELAY_KEY: key,
      RELAY_ALLOW: allow.join(),
      ...(token && { RELAY_TOKEN: token }),
      ...(origins && { RELAY_ORIGINS: origins.join() }),
      ...env,
    },
  });
  return startServer(command, certificate);
}
