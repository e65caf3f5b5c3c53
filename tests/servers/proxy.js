// A TCP proxy that can go silent: it forwards nothing more and closes nothing, as a peer that vanished without a FIN.
import net from 'node:net';

const HOST = '127.0.0.1';

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
      // It is accepted, and that is all; but its end must be seen.
      near.resume();
      return;
    }
    far.connect(target, HOST);
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise((resolve) => server.listen(0, HOST, () => resolve(undefined)));
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  return {
    url: `ws://${HOST}:${port}/`,
    port,
    /** How many connections there were, and how many are open. */
    get connections() {
      return pairs.length;
    },
    get open() {
      return pairs.filter(({ near }) => !near.destroyed).length;
    },
    /** Forwards nothing any more: not of the connections that are there, and not of new ones. */
    silence() {
      silent = true;
      for (const { near, far } of pairs) {
        near.unpipe(far);
        far.unpipe(near);
      }
    },
    /** Forwards what comes over new connections. Those that are there stay silent. */
    heal() {
      silent = false;
    },
    /** Forwards again what was held back of the connections from before the silence. */
    resume() {
      for (const { near, far } of pairs.filter((pair) => pair.far.remotePort !== undefined)) {
        near.pipe(far);
        far.pipe(near);
      }
    },
    close() {
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
