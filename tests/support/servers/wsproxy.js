// wisp-js in its wsproxy mode: a WebSocket for each connection, which the last part of the URL's path names.
//
// Version 0.5.0 has two faults in this mode. It writes ArrayBuffers to Node's sockets, which these refuse, so that no byte
// of a binary message gets through: here the sockets take them. And a target that refuses the connection ends the process,
// by a rejection that nobody handles: so it has a process of its own, in which these are only warned of.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = `
  import { Socket } from 'node:net';
  import { startRelay } from ${JSON.stringify(new URL('../../../scripts/servers.js', import.meta.url).href)};
  const { write } = Socket.prototype;
  Socket.prototype.write = function (data, ...rest) {
    return write.call(this, data instanceof ArrayBuffer ? new Uint8Array(data) : data, ...rest);
  };
  const { origin } = await startRelay({ targets: JSON.parse(process.argv[1]) });
  process.send(origin);
  process.on('disconnect', () => process.exit());`;

/**
 * Starts it.
 * @param {number[]} targets the ports of this machine that it may connect to
 * @returns {Promise<{ template: string, origin: string, pid: number | undefined, close: () => Promise<unknown> }>}
 */
export async function startWsproxy(targets) {
  const args = ['--unhandled-rejections=warn', '--input-type=module', '--eval', PROGRAM];
  const child = spawn(process.execPath, [...args, JSON.stringify(targets)], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = once(child, 'exit');
  const started = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  if (!started) throw new Error('the relay ended');
  const [origin] = started;
  return {
    template: `${origin}/{hostname}:{port}`,
    origin,
    pid: child.pid,
    close: () => {
      child.kill('SIGKILL');
      return exited;
    },
  };
}
