// nginx in front of relays.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../scripts/servers.js';
import { pathOf } from '../../../scripts/setup/programs.js';
import { startProgram } from '../../support/relays/program.js';

/** docs/relays.md has the same, with times for production. */
const config = ({ port, ports }) => `
daemon off;
master_process off;
pid nginx.pid;
error_log logs/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path tmp;
  proxy_temp_path tmp;
  upstream relays {
    least_conn;
${ports.map((at) => `    server 127.0.0.1:${at} max_fails=1 fail_timeout=10s;`).join('\n')}
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://relays;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_connect_timeout 2s;
      proxy_read_timeout 1h;
      proxy_send_timeout 1h;
      proxy_next_upstream error timeout http_503;
    }
  }
}
`;

/**
 * Starts nginx.
 * @param {number[]} ports of the relays
 */
export async function startNginx(ports) {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  for (const name of ['logs', 'tmp']) mkdirSync(join(folder, name));
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), config({ port, ports }));
  const args = ['-p', folder, '-c', 'nginx.conf', '-e', 'logs/error.log'];
  const program = await startProgram(pathOf('nginx'), args, port);
  return {
    port,
    close: async () => {
      await program.close();
      rmSync(folder, { recursive: true });
    },
  };
}
