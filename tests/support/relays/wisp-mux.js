// The relay on wisp-mux, tests/relays/support/wisp-mux.
import { join } from 'node:path';
import { root, run } from '../../../scripts/run.js';
import { freePort } from '../../../scripts/servers.js';
import { startProgram } from './program.js';

/** Of all programs in Rust that the tests compile: target/ is kept between runs. */
const TARGET = join(root, 'target', 'examples');

/** Compiles the relay; returns the path of the program. */
export async function buildWispMux() {
  const manifest = '--manifest-path=tests/relays/support/wisp-mux/Cargo.toml';
  await run('cargo', ['build', '--quiet', '--locked', manifest, `--target-dir=${TARGET}`]);
  return join(TARGET, 'debug', 'wisp-mux-relay');
}

/**
 * Starts the relay on loopback.
 * @param {string} program its path
 * @param {{ users?: Record<string, string>, keys?: Uint8Array[], motd?: string }} [settings] passwords by users' names, and
 *   Ed25519 public keys: if they are set, it refuses clients without them
 */
export async function startWispMux(program, { users, keys, motd } = {}) {
  const port = await freePort();
  const env = {
    ...(users && {
      MUX_PASSWORDS: Object.entries(users)
        .map((user) => user.join('='))
        .join('\n'),
    }),
    ...(keys && { MUX_KEYS: keys.map((key) => Buffer.from(key).toString('hex')).join() }),
    ...(motd !== undefined && { MUX_MOTD: motd }),
  };
  const { close } = await startProgram(program, [`${port}`], port, env);
  return { url: `ws://127.0.0.1:${port}/`, close };
}
