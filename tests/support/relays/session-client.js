// The clients of session-client.py.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pythonProgram } from '../../../scripts/setup/python.js';

const PROGRAM = new URL('session-client.py', import.meta.url).pathname;

/** @typedef {'nothing' | 'session' | 'streams' | 'echo' | 'half' | 'silent' | 'flood'} Action */

/**
 * Starts one, which is ended after the test; `line()` is the next one that it prints.
 * @param {import('node:test').TestContext} t
 * @param {Action} action
 * @param {{ port: number, target: number, token?: string, source?: string }} options ports of the relay and of a target,
 *   and the client's own address
 */
export function sessionClient(t, action, { port, target, token = '', source = '127.0.0.1' }) {
  const args = [PROGRAM, action, `${port}`, `${target}`, token, source];
  const child = spawn(pythonProgram('aioquic', 'python'), args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    line: async () => (await lines.next()).value,
    write: (text) => child.stdin.write(text),
    end: () => child.stdin.end(),
  };
}
