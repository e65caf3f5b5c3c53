// A contender or a server in a process of its own, so that only its own work is measured.
import { fork } from 'node:child_process';

/**
 * @typedef {object} Worker
 * @property {(name: string, ...args: unknown[]) => Promise<any>} call calls one of the functions that the module serves
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a module that calls {@link serve}.
 * @param {URL} module
 * @param {string[]} [args]
 * @param {{ env?: Record<string, string | undefined>, execArgv?: string[] }} [options]
 * @returns {Worker}
 */
export function startWorker(module, args = [], { env = {}, execArgv = [] } = {}) {
  const child = fork(module, args, {
    env: { ...process.env, ...env },
    execArgv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let last = 0;
  let ended = false;
  const exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve)).then((outcome) => {
    ended = true;
    for (const { reject } of waiting.values()) reject(new Error(`${args.join(' ')}: the process ended: ${outcome}`));
    waiting.clear();
  });
  child.on('message', (/** @type {any} */ { id, value, error }) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(`${args.join(' ')}: ${error}`));
  });
  return {
    call: (name, ...parameters) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(new Error(`${args.join(' ')}: the process has ended`));
        last += 1;
        waiting.set(last, { resolve, reject });
        child.send({ id: last, name, parameters }, (error) => error && reject(error));
      }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/**
 * In the process that {@link startWorker} started: answers calls until that process ends.
 * @param {Record<string, (...args: any[]) => unknown>} functions
 */
export function serve(functions) {
  process.on('message', async (/** @type {any} */ { id, name, parameters }) => {
    try {
      process.send?.({ id, value: await functions[name](...parameters) });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? `${error.stack}` : `${error}` });
    }
  });
  process.on('disconnect', () => process.exit());
}
