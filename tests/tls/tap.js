// A TCP proxy in front of a server that records what passes: the start of each direction, and how it ended.
import net from 'node:net';
import { listen } from '../../scripts/servers.js';

/** How much of each direction is kept: more than any handshake, and the last records. */
const KEPT = 128 * 1024;

/**
 * One connection that passed.
 * @typedef {object} Passed
 * @property {Buffer} sent the client's first bytes
 * @property {Buffer} received the server's first bytes
 * @property {Buffer} lastSent the client's last bytes
 * @property {Promise<void>} sentAll resolves once the client has sent everything
 * @property {() => void} cut ends both directions, as a network does: without a close_notify
 */

/**
 * @param {number} port the server's
 * @returns {Promise<import('../../scripts/servers.js').Running & { passed: Passed[] }>} `passed` in order
 */
export async function startTap(port) {
  /** @type {Passed[]} */
  const passed = [];
  const server = net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const none = Buffer.alloc(0);
    const cut = () => {
      for (const socket of [near, far]) socket.unpipe().end();
    };
    const sentAll = new Promise((resolve) => near.once('end', resolve).once('close', resolve));
    const record = { sent: none, received: none, lastSent: none, sentAll, cut };
    passed.push(record);
    near.on('data', (/** @type {Buffer} */ chunk) => {
      if (record.sent.length < KEPT) record.sent = Buffer.concat([record.sent, chunk]);
      record.lastSent = Buffer.concat([record.lastSent, chunk]).subarray(-KEPT);
    });
    far.on('data', (/** @type {Buffer} */ chunk) => {
      if (record.received.length < KEPT) record.received = Buffer.concat([record.received, chunk]);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.end());
      one.pipe(other);
    }
  });
  const running = await listen(server);
  return { ...running, passed };
}
