// Finds and starts Autobahn|Testsuite's server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ask, root } from '../run.js';
import { freePort } from '../servers.js';

const IMAGE = 'docker.io/crossbario/autobahn-testsuite';

/** How long a server may take to start, in milliseconds: its container may have to be fetched. */
const START_LIMIT = 600_000;

export const ADVICE = `Autobahn|Testsuite is not installed. Use one of these:
  - docker or podman, for its container ${IMAGE}
  - AUTOBAHN_HOME, a folder (by default ~/.cache/autobahn) with an executable "pypy27": a Python 2.7 that has the suite
  - --url ws://host:port of a running fuzzingserver, and --reports FOLDER, where it writes its reports`;

/**
 * A running server.
 * @typedef {object} Suite
 * @property {string} url without a slash at its end
 * @property {string} reports the folder that it writes its reports to
 * @property {string} suffix makes agents' names new to this server
 * @property {() => Promise<unknown>} stop
 */

/**
 * Looks for the suite on this machine.
 * @param {{ fetch: boolean }} options whether its container may be fetched
 * @returns {Promise<{ name: string, start: (reports: string) => Promise<Suite> } | undefined>} `start` takes an
 * empty folder
 */
export async function findSuite({ fetch }) {
  const home = process.env.AUTOBAHN_HOME || join(homedir(), '.cache', 'autobahn');
  const python = join(home, 'pypy27');
  if (existsSync(python)) return { name: home, start: (reports) => startHere(python, reports) };
  if (process.env.AUTOBAHN_HOME) throw new Error(`AUTOBAHN_HOME (${home}) has no "pypy27"`);
  for (const engine of ['docker', 'podman']) {
    const there = await ask(engine, fetch ? ['info'] : ['image', 'inspect', IMAGE]);
    if (there) return { name: `${IMAGE} in ${engine}`, start: (reports) => startContainer(engine, reports) };
  }
  return undefined;
}

async function startHere(python, reports) {
  const port = await freePort();
  const args = ['-u', join(root, 'scripts', 'autobahn', 'server.py'), JSON.stringify(specification(port, reports))];
  const server = spawnLogged(python, args, reports);
  return listening(server, port, reports, () => server.child.stdin.end());
}

/** The container's port is the same: the server refuses a request whose Host header has a port other than its own. */
async function startContainer(engine, reports) {
  const port = await freePort();
  const name = `websocket-wasm-autobahn-${process.pid}`;
  writeFileSync(join(reports, 'specification.json'), JSON.stringify(specification(port, '/reports')));
  const container = ['run', '--rm', '--name', name, '-p', `127.0.0.1:${port}:${port}`, '-v', `${reports}:/reports:z`];
  const program = ['wstest', '--mode', 'fuzzingserver', '--spec', '/reports/specification.json'];
  const server = spawnLogged(engine, [...container, IMAGE, ...program], reports);
  return listening(server, port, reports, () => ask(engine, ['rm', '--force', name]));
}

function specification(port, outdir) {
  return { url: `ws://127.0.0.1:${port}`, outdir, cases: ['*'], 'exclude-cases': [], 'exclude-agent-cases': {} };
}

/** Starts a program whose output goes to `server.log` beside the reports. */
function spawnLogged(program, args, reports) {
  const log = join(reports, 'server.log');
  const file = openSync(log, 'w');
  const child = spawn(program, args, { stdio: ['pipe', file, file] });
  const ended = once(child, 'exit').catch((error) => [error.message]);
  return { child, ended, log };
}

/** @returns {Promise<Suite>} once it accepts connections */
async function listening({ child, ended, log }, port, reports, end) {
  let status;
  ended.then(([with_]) => {
    status = with_;
  });
  const stop = async () => {
    await end();
    await ended;
  };
  const limit = Date.now() + START_LIMIT;
  while (!(await takesConnections(port))) {
    if (child.exitCode === null && status === undefined && Date.now() < limit) continue;
    const why = status === undefined ? 'does not listen' : `ended with ${status}`;
    if (status === undefined) await stop();
    throw new Error(`Autobahn|Testsuite's server ${why}:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
  }
  return { url: `ws://127.0.0.1:${port}`, reports, suffix: '', stop };
}

/** Whether a server listens there. */
async function takesConnections(port) {
  const socket = net.connect(port, '127.0.0.1');
  const there = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  if (!there) await new Promise((resolve) => setTimeout(resolve, 100));
  return there;
}
