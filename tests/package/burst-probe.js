// Receives a burst of messages in one chunk, and prints what a program can see of the tasks between them, as JSON:
// `node burst-probe.js SCENARIO URL...`. Runs in Node, Deno and Bun.
import { AsyncLocalStorage } from 'node:async_hooks';
import { stat } from 'node:fs';
import process from 'node:process';
import { WebSocket } from 'websocket-wasm';

const [scenario, url, otherUrl] = process.argv.slice(2);

/** Calls `onMessage` with the number of each message, and resolves when the socket is closed. */
function receive(onMessage, from = url) {
  const socket = new WebSocket(from);
  let count = 0;
  socket.addEventListener('message', () => {
    count += 1;
    return onMessage(count, socket);
  });
  return new Promise((resolve) => socket.addEventListener('close', () => resolve(count)));
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

async function microtasks(count) {
  for (let i = 0; i < count; i += 1) await undefined;
}

const scenarios = {
  /** What each message leads to is complete before the next one. */
  async order() {
    const log = [];
    await receive((i) => {
      log.push(`${i}`);
      microtasks(20).then(() => log.push(`${i} microtask`));
      // Deno's ticks come at any time.
      if ('Deno' in globalThis) return;
      process.nextTick(() => log.push(`${i} tick`));
    });
    return log;
  },

  /** A loop that sets the next handler after other promises loses no message. */
  async loop() {
    const socket = new WebSocket(url);
    let closed = false;
    socket.onclose = () => {
      closed = true;
    };
    let count = 0;
    while (!closed) {
      const message = await new Promise((resolve) => {
        socket.onmessage = resolve;
        socket.addEventListener('close', () => resolve(undefined), { once: true });
      });
      if (message) count += 1;
      socket.onmessage = null;
      await microtasks(7);
    }
    return count;
  },

  /** The number of messages when timers, immediates and I/O that the first one began have ended. */
  async flood() {
    const at = { timer: -1, immediate: -1, file: -1 };
    let seen = 0;
    const total = await receive((i) => {
      seen = i;
      if (i > 1) return;
      setTimeout(() => (at.timer = seen), 1);
      setImmediate(() => (at.immediate = seen));
      stat('.', () => (at.file = seen));
    });
    await pause();
    return { ...at, total };
  },

  /** Exceptions of handlers, and rejections that nobody handles, in their order among the messages. */
  async errors() {
    const log = [];
    process.on('uncaughtException', ({ message }) => log.push(`uncaught ${message}`));
    process.on('unhandledRejection', ({ message }) => log.push(`unhandled ${message}`));
    const total = await receive((i) => {
      log.push(`${i}`);
      if (i === 2) throw new Error('2');
      if (i === 4) Promise.reject(new Error('4'));
      if (i === 6) {
        process.nextTick(() => {
          throw new Error('6');
        });
        process.nextTick(() => log.push('after 6'));
      }
      if (i === 7) {
        const promise = Promise.reject(new Error('7'));
        microtasks(30).then(() => promise.catch(() => log.push('caught 7')));
      }
    });
    await pause();
    return { log, total };
  },

  /** The stores that the messages of two sockets see, though a handler leaves exceptions in another context. */
  async contexts() {
    const storage = new AsyncLocalStorage();
    process.on('uncaughtException', () => {});
    const seen = {};
    await Promise.all(
      Object.entries({ a: url, b: otherUrl }).map(([name, from]) =>
        storage.run(name, async () => {
          const note = () => {
            const store = storage.getStore();
            seen[`${name} sees ${store}`] = (seen[`${name} sees ${store}`] ?? 0) + 1;
          };
          await receive((i) => {
            note();
            microtasks(5).then(note);
            if (i % 5 > 0) return;
            storage.run('other', () => {
              process.nextTick(() => {
                throw new Error('left');
              });
            });
          }, from);
        }),
      ),
    );
    return seen;
  },

  /** A handler runs the microtasks and ticks itself, from within a microtask. */
  async nested() {
    const log = [];
    await receive((i) => {
      log.push(`${i}`);
      microtasks(3).then(() => {
        /** @type {any} */ (process)._tickCallback();
        log.push(`${i} microtask`);
      });
    });
    return log;
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
process.exit();
