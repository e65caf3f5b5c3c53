// A TCP proxy that can go silent: it forwards nothing more and closes nothing, like a peer that vanished without a FIN.
import net from 'node:net';
import { listen } from '../../../scripts/servers.js';

/**
 * Starts a proxy in front of a port of this machine.
 * @param {number} target
 */
export async function startProxy(target) {
  /** @type {{ near: net.Socket, far: net.Socket }[]} */
  const pairs = [];
  let silent = false;
  const server = net.createServer((near) => {
    const far = new net.Socket();
    const pair = { near, far };
    pairs.push(pair);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
    if (silent) {
      // The connection is only accepted, but its end must be noticed.
      near.resume();
      return;
    }
    far.connect(target, '127.0.0.1');
    near.pipe(far);
    far.pipe(near);
  });
  const { url, port, close } = await listen(server);
  return {
    url,
    port,
    close,
    /** The number of connections so far. */
    get connections() {
      return pairs.length;
    },
    /** The number of open connections. */
    get open() {
      return pairs.filter(({ near }) => !near.destroyed).length;
    },
    /** Forwards nothing more, neither of existing connections nor of new ones. */
    silence() {
      silent = true;
      for (const { near, far } of pairs) {
        near.unpipe(far);
        far.unpipe(near);
      }
    },
    /** Forwards the bytes of new connections. Existing ones stay silent. */
    heal() {
      silent = false;
    },
    /** Ends the existing connections abruptly. */
    drop() {
      for (const { near } of pairs) near.destroy();
    },
    /** Forwards the held-back bytes of the connections from before the silence. */
    resume() {
      for (const { near, far } of pairs.filter((pair) => pair.far.remotePort !== undefined)) {
        near.pipe(far);
        far.pipe(near);
      }
    },
  };
}
