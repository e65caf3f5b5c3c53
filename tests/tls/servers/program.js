// A server in a process of its own, with all that it prints.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How long a server may take to start, and to print what a check waits for, in milliseconds. */
const LIMIT = 30_000;

/**
 * @typedef {object} Program
 * @property {() => string} transcript everything it has printed
 * @property {(pattern: string | RegExp, from?: number) => Promise<void>} says resolves once it has printed that, behind
 *   the first `from` characters
 * @property {(text: string) => void} type writes to its standard input
 * @property {() => Promise<unknown>} stop
 */

/**
 * Starts a server, and resolves once it has printed that it is ready.
 * @param {string} command
 * @param {string[]} args
 * @param {string | RegExp} ready
 * @param {{ env?: Record<string, string> }} [options]
 */
export async function started(command, args, ready, options) {
  const program = start(command, args, options);
  try {
    await program.says(ready);
    return program;
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/**
 * Starts a program.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string> }} [options]
 * @returns {Program}
 */
function start(command, args, { env = {} } = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let transcript = '';
  let over;
  const waiting = new Set();
  const look = () => {
    for (const check of waiting) check();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      transcript += text;
      look();
    });
  }
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(
    ([status, signal]) => `ended with ${signal ?? status}`,
    ({ message }) => `can't be run: ${message}`,
  );
  ended.then((how) => {
    over = how;
    look();
  });
  const says = (pattern, from = 0) =>
    new Promise((resolve, reject) => {
      const done = (settle, value) => {
        clearTimeout(timer);
        waiting.delete(check);
        settle(value);
      };
      const complain = (how) =>
        done(reject, new Error(`${command} ${how} before it printed ${pattern}:\n${transcript.slice(-1000)}`));
      const check = () => {
        const printed = transcript.slice(from);
        if (typeof pattern === 'string' ? printed.includes(pattern) : pattern.test(printed)) done(resolve);
        else if (over) complain(over);
      };
      const timer = setTimeout(complain, LIMIT, `was silent for ${LIMIT} ms`);
      waiting.add(check);
      check();
    });
  const stop = () => {
    if (!over) child.kill('SIGKILL');
    return ended;
  };
  return { transcript: () => transcript, says, type: (text) => child.stdin.write(text), stop };
}
