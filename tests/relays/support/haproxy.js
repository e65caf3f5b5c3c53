// HAProxy in front of relays, with its admin socket.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../scripts/servers.js';
import { pathOf } from '../../../scripts/setup/programs.js';
import { pause } from '../../support/events.js';
import { startProgram } from '../../support/relays/program.js';

/** docs/relays.md has the same, with times for production. */
const config = ({ port, admin, servers }) => `
global
  stats socket ${admin} level admin
defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  timeout http-request 10s
  timeout tunnel 1h
  option forwardfor
  option redispatch 1
  retries 3
  retry-on conn-failure empty-response 503
frontend carriers
  bind 127.0.0.1:${port}
  default_backend relays
backend relays
  balance leastconn
  option httpchk GET /health
  default-server check inter 100ms fall 2 rise 1
${Object.entries(servers)
  .map(([name, at]) => `  server ${name} 127.0.0.1:${at}`)
  .join('\n')}
`;

/**
 * Starts HAProxy.
 * @param {Record<string, number>} servers the port of each
 */
export async function startHaproxy(servers) {
  const folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
  const admin = join(folder, 'admin.sock');
  const port = await freePort();
  writeFileSync(join(folder, 'haproxy.cfg'), config({ port, admin, servers }));
  const program = await startProgram(pathOf('haproxy'), ['-db', '-f', join(folder, 'haproxy.cfg')], port);

  /** Sends a command to the admin socket, and resolves with the answer. */
  async function command(text) {
    const socket = net.connect(admin).setEncoding('utf8');
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.end(`${text}\n`);
    await once(socket, 'close');
    return answer;
  }

  /** The status that it has of a server, as in `show stat`: `UP`, `DOWN`, `DRAIN`, with details behind. */
  async function status(name) {
    const lines = (await command('show stat')).trim().split('\n');
    const names = lines[0].replace(/^# /, '').split(',');
    const line = lines.map((each) => each.split(',')).find(([proxy, server]) => proxy === 'relays' && server === name);
    return line?.[names.indexOf('status')] ?? '';
  }

  return {
    port,
    command,
    /** Resolves once a server has a status that begins like that. */
    becomes: async (name, begin) => {
      while (!(await status(name)).startsWith(begin)) await pause(20);
    },
    close: async () => {
      await program.close();
      rmSync(folder, { recursive: true });
    },
  };
}
