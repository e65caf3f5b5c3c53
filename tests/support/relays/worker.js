// examples/relay-worker under workerd, which step `consumers` of npm test installs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/run.js';

const WORKERD = join(root, 'tests', 'package', 'consumers', 'node_modules', '.bin', 'workerd');

export const TOKEN = 'token-of-the-worker';

/**
 * Starts the Worker on a free port of loopback.
 * @param {string[]} allow the targets, `host:port` each
 * @param {object} [options]
 * @param {string[]} [options.network] the addresses that workerd allows
 * @param {Record<string, string>} [options.vars] more of its variables
 */
export async function startRelayWorker(allow, { network = ['public', 'private'], vars = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'relay-worker-'));
  writeFileSync(join(folder, 'worker.js'), readFileSync(join(root, 'examples', 'relay-worker', 'worker.js')));
  writeFileSync(join(folder, 'config.capnp'), config({ TOKENS: TOKEN, ALLOW: allow.join(' '), ...vars }, network));
  const workerd = spawn(WORKERD, ['serve', '--control-fd=3', 'config.capnp'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  // It reports each connection that fails, which the tests expect.
  let printed = '';
  /** @type {import('node:stream').Readable} */ (workerd.stderr).setEncoding('utf8').on('data', (text) => {
    printed = (printed + text).slice(-10_000);
  });
  const ended = once(workerd, 'exit');
  const control = /** @type {import('node:stream').Readable} */ (workerd.stdio[3]);
  const [said] = await Promise.race([once(control, 'data'), ended]);
  if (typeof said === 'number') throw new Error(`workerd ended with ${said}:\n${printed}`);
  const { port } = JSON.parse(`${said}`.trim().split('\n')[0]);
  const url = `ws://127.0.0.1:${port}`;
  return {
    url,
    port,
    template: `${url}/${TOKEN}/{hostname}:{port}`,
    close: async () => {
      workerd.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

const text = (value) => JSON.stringify(value);

function config(vars, network) {
  const bindings = Object.entries(vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ${text(network)})),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2025-09-01",
  bindings = [${bindings.join(', ')}],
);
`;
}
