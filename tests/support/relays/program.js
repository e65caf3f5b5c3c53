// Servers that are programs of others.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { pause } from '../events.js';

/**
 * Starts a program, and waits until it listens on a port of loopback.
 * @param {string} program
 * @param {string[]} args
 * @param {number} port
 * @param {Record<string, string>} [env] variables of its environment, with those of this process
 * @returns {Promise<{ port: number, close: () => Promise<void> }>} rejects with
 *   what it printed, if it ends instead
 */
export async function startProgram(program, args, port, env = {}) {
  // A process group of its own, so that the processes that it starts are ended with it.
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    // The last of it: some of these programs log each connection.
    stream.setEncoding('utf8').on('data', (text) => {
      printed = (printed + text).slice(-10_000);
    });
  }
  let over = false;
  const ended = once(child, 'exit').finally(() => {
    over = true;
  });
  ended.catch(() => {});
  while (!(await listens(port))) {
    if (over) throw new Error(`${program} ended:\n${printed}`);
    await pause(50);
  }
  return {
    port,
    close: async () => {
      if (!over) process.kill(-Number(child.pid), 'SIGKILL');
      await ended;
    },
  };
}

async function listens(port) {
  const socket = net.connect(port, '127.0.0.1');
  const there = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return there;
}
