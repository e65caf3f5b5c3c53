// Proxies from Debian and PyPI: tinyproxy and proxy.py for CONNECT, proxy.py also with TLS, microsocks for SOCKS.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../scripts/servers.js';
import { pathOf } from '../../../scripts/setup/programs.js';
import { pythonProgram } from '../../../scripts/setup/python.js';
import { startProgram } from '../../support/relays/program.js';
import { localhost } from '../../support/tls/pki.js';

/** @typedef {{ username: string, password: string }} Credentials */

/** @typedef {{ url: string, close: () => Promise<void> }} Started its URL has the credentials */

const urlOf = (scheme, port, credentials, host = '127.0.0.1') => {
  const { username = '', password = '' } = credentials ?? {};
  const userInfo = credentials ? `${encodeURIComponent(username)}:${encodeURIComponent(password)}@` : '';
  return `${scheme}://${userInfo}${host}:${port}`;
};

/** A folder with files, and how it is removed. */
function folderWith(files) {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return { path: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true }) };
}

/**
 * Starts tinyproxy.
 * @param {{ credentials?: Credentials, allows?: string }} [options] `allows`: the clients' addresses
 * @returns {Promise<Started>}
 */
export async function startTinyproxy({ credentials, allows = '127.0.0.1' } = {}) {
  const port = await freePort();
  const lines = [`Port ${port}`, 'Listen 127.0.0.1', `Allow ${allows}`, 'MaxClients 1000', 'Timeout 600'];
  if (credentials) lines.push(`BasicAuth ${credentials.username} ${credentials.password}`);
  const files = folderWith({ 'tinyproxy.conf': `${lines.join('\n')}\n` });
  const { close } = await startProgram(pathOf('tinyproxy'), ['-d', '-c', files.path('tinyproxy.conf')], port);
  return { url: urlOf('http', port, credentials), close: () => close().then(files.remove) };
}

/**
 * Starts proxy.py.
 * @param {{ credentials?: Credentials, encrypted?: boolean }} [options] `encrypted`: an https: proxy
 * @returns {Promise<Started>}
 */
export async function startProxyPy({ credentials, encrypted = false } = {}) {
  const port = await freePort();
  const { certPem, keyPem } = localhost();
  const files = folderWith({ 'cert.pem': certPem, 'key.pem': keyPem });
  const args = ['--hostname=127.0.0.1', `--port=${port}`, '--num-workers=1', '--num-acceptors=1', '--log-level=ERROR'];
  if (credentials) args.push(`--basic-auth=${credentials.username}:${credentials.password}`);
  if (encrypted) args.push(`--cert-file=${files.path('cert.pem')}`, `--key-file=${files.path('key.pem')}`);
  const { close } = await startProgram(pythonProgram('proxy.py', 'proxy'), args, port);
  const url = encrypted ? urlOf('https', port, credentials, 'localhost') : urlOf('http', port, credentials);
  return { url, close: () => close().then(files.remove) };
}

/**
 * Starts microsocks.
 * @param {{ credentials?: Credentials }} [options]
 * @returns {Promise<Started>} its URL's scheme is `socks5h`
 */
export async function startMicrosocks({ credentials } = {}) {
  const port = await freePort();
  const args = ['-i', '127.0.0.1', '-p', `${port}`];
  if (credentials) args.push('-u', credentials.username, '-P', credentials.password);
  const { close } = await startProgram(pathOf('microsocks'), args, port);
  return { url: urlOf('socks5h', port, credentials), close };
}
