// What a check works with: a server started for it, with a proxy in front that records, and a client.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connector } from './client.js';
import { startTap } from './tap.js';

/** @typedef {import('./servers/index.js').Server} Server */

/**
 * @typedef {object} Env
 * @property {Server} server
 * @property {import('./identities.js').Identities} pki
 * @property {(options?: Partial<import('./servers/index.js').Options>) => Promise<Started>} start
 * @property {(options?: import('./client.js').TlsOptions) => import('./client.js').Connect} client
 */

/** @typedef {import('./servers/index.js').Running & { tap: Awaited<ReturnType<typeof startTap>> }} Started */

/**
 * Runs `use` with an environment, and stops what it started.
 * @param {{ server: Server, pki: import('./identities.js').Identities }} given
 * @param {(env: Env) => unknown} use
 */
export async function within({ server, pki }, use) {
  const stops = [];
  const env = {
    server,
    pki,
    start: async (options = {}) => {
      const folder = mkdtempSync(join(tmpdir(), 'websocket-wasm-tls-'));
      stops.push(() => rmSync(folder, { recursive: true, force: true }));
      const running = await server.start({ identity: pki.servers['P-256'], folder, ...options });
      stops.push(running.stop);
      const tap = await startTap(running.port);
      stops.push(tap.close);
      return { ...running, tap };
    },
    client: (options = {}) => {
      // With an authority that no other client has: clients with the same options share their sessions.
      const ca = [pki.authority.certPem, pki.another().certPem];
      const connect = connector({ ca, ...options });
      return async (port) => {
        const connection = await connect(port);
        stops.push(() => connection.destroy());
        return connection;
      };
    },
  };
  try {
    await use(env);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}
