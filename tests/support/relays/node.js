// examples/relay-node as a program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pause } from '../events.js';

const MAIN = fileURLToPath(new URL('../../../examples/relay-node/main.js', import.meta.url));

/** A token with characters that a URL must escape, and another one. */
export const TOKENS = ['first/token&', 'second-token'];

/**
 * Starts the relay, which may connect to these targets, on a free port of loopback.
 * @param {string[]} allow `host:port` each
 * @param {Record<string, string>} [env] more of its settings
 */
export async function startRelayNode(allow, env = {}) {
  const settings = {
    PORT: '0',
    RELAY_TOKENS: TOKENS.join(),
    RELAY_ALLOW: allow.join(' '),
    RELAY_ALLOW_PRIVATE: '1',
  };
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, ...settings, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  /** Its log, one object per line. @type {any[]} */
  const log = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => log.push(JSON.parse(line)));
  await Promise.race([once(lines, 'line'), ended]);
  const port = log[0]?.port;
  if (!port) throw new Error(`the relay ended with ${(await ended)[0]}`);
  const url = `ws://127.0.0.1:${port}`;
  const health = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    return { status: response.status, ...(await response.json()) };
  };
  return {
    port,
    log,
    pid: child.pid,
    /** The URL of Wisp, and the template of one WebSocket per connection. */
    wisp: `${url}/${TOKENS[1]}/`,
    template: `${url}/${TOKENS[1]}/{hostname}:{port}`,
    url,
    /** @param {NodeJS.Signals} name */
    signal: (name) => child.kill(name),
    /** Resolves with the exit status, or null for a signal. */
    ended: ended.then(([status]) => status),
    /** What it tells balancers. */
    health,
    /** Resolves once it tells that. @param {(health: any) => boolean} condition */
    becomes: async (condition) => {
      while (!condition(await health())) await pause(10);
    },
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
