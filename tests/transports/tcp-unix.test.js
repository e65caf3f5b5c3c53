// tcp({ path }) passes the contract, through unix sockets: one for each port of the cases, which forwards to it.
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as exports from '../package/support/installed.js';
import { testTransport } from './contract/index.js';

/** A server on a unix socket that forwards to a port. */
async function forward(path, to) {
  const sockets = new Set();
  const server = net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ ...to, allowHalfOpen: true, noDelay: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => sockets.delete(one));
      one.pipe(other);
    }
  });
  await new Promise((resolve) => server.listen(path, () => resolve(undefined)));
  return () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
}

testTransport({
  name: 'tcp, unix socket',
  exports,
  // The forwarding ends what was reset: a unix socket has no reset.
  lacks: ['sendsAfterEnd', 'reportsReset'],
  start: async ({ hostname, port, stuck }) => {
    const folder = mkdtempSync(join(tmpdir(), 'tcp-unix-'));
    const path = (name) => join(folder, `${name}.sock`);
    const closers = await Promise.all([port, stuck].map((each) => forward(path(each), { host: hostname, port: each })));
    const close = async () => {
      await Promise.all(closers.map((each) => each()));
      rmSync(folder, { recursive: true });
    };
    return { args: { path, hostname }, close };
  },
  // There is no socket for the port that refuses, and none for other hosts.
  make: ({ tcp, tls }, { path, hostname }) => {
    const name = (target) => ([hostname, 'localhost'].includes(target.hostname) ? target.port : 'none');
    return tls((target) => tcp({ path: path(name(target)) })(target));
  },
});
