// bufferedAmount: the bytes that it counts, and when it decreases.
import { carriesBytes, clause, holds, next, pause, same, shut } from '../harness.js';

const SECTION = 'bufferedAmount';
const MiB = 1024 * 1024;

/** By how much each send increases it, all in one task. */
async function grows(env, ...all) {
  const socket = await env.open('/echo');
  const steps = all.map((data) => {
    const before = socket.bufferedAmount;
    socket.send(data);
    return socket.bufferedAmount - before;
  });
  await shut(socket);
  return steps;
}

export default [
  clause(SECTION, 'it is a number, 0 before anything is sent', async (env) => {
    const socket = env.connect('/echo');
    same(socket.bufferedAmount, 0);
    await next(socket, 'open');
    same(socket.bufferedAmount, 0);
    await shut(socket);
    same(socket.bufferedAmount, 0);
  }),
  clause(SECTION, 'text counts with its bytes in UTF-8, at once', async (env) => {
    same(await grows(env, 'abc', 'ü', '€', '\u{1f600}', '', 'aü€\u{1f600}'), [3, 2, 3, 4, 0, 10]);
  }),
  clause(SECTION, 'a lone surrogate counts as U+FFFD, 3 bytes', async (env) => {
    same(await grows(env, '\ud800', 'a\udc00b'), [3, 5]);
  }),
  clause(SECTION, 'a value that is converted to a string counts as that string', async (env) => {
    same(await grows(env, null, 12345, { toString: () => 'ü' }), [4, 5, 2]);
  }),
  clause(SECTION, 'an ArrayBuffer counts with its length', async (env) => {
    same(await grows(env, new ArrayBuffer(0), new ArrayBuffer(1), new ArrayBuffer(100_000)), [0, 1, 100_000]);
  }),
  clause(SECTION, "a view counts with its own length, not its buffer's", async (env) => {
    const buffer = new ArrayBuffer(64);
    const views = [new Uint8Array(buffer, 3, 5), new Float64Array(buffer, 8, 2), new DataView(buffer, 60)];
    same(await grows(env, ...views), [5, 16, 4]);
  }),
  clause(SECTION, 'a Blob counts with its size, at once', async (env) => {
    const blob = new Blob(['ü', new Uint8Array(1000)]);
    same(await grows(env, blob, blob.slice(0, 10), new Blob([])), [1002, 10, 0]);
  }),
  clause(SECTION, 'the framing is not counted', async (env) => {
    same(await grows(env, ...Array.from({ length: 50 }, () => 'x')), Array(50).fill(1));
  }),
  clause(SECTION, 'it never decreases within a task, nor in its microtasks', async (env) => {
    const socket = await env.open('/echo');
    let due = 0;
    for (let i = 0; i < 20; i += 1) {
      socket.send('x'.repeat(10_000));
      due += 10_000;
      for (let j = 0; j < 50; j += 1) await undefined;
      same(socket.bufferedAmount, due);
    }
    await shut(socket);
  }),
  clause(
    SECTION,
    'it does not decrease while a synchronous request blocks the task',
    async (env) => {
      const socket = await env.open('/echo');
      const size = 100_000;
      socket.send('x'.repeat(size));
      const request = new XMLHttpRequest();
      request.open('GET', `${self.origin}/tests/dom/harness.js`, false);
      request.send();
      same([request.status, socket.bufferedAmount], [200, size]);
      await shut(socket);
    },
    ({ scope }) => scope !== 'node',
  ),
  clause(SECTION, 'Blobs that are not read yet count within the task', async (env) => {
    const socket = await env.open('/echo');
    socket.send(new Blob([new Uint8Array(1000)]));
    socket.send('ab');
    for (let i = 0; i < 100; i += 1) await undefined;
    same(socket.bufferedAmount, 1002);
    await shut(socket);
  }),
  clause(SECTION, 'it is 0 when the last answer arrives', async (env) => {
    const socket = await env.open('/echo');
    const all = ['text ü', new Uint8Array(70_000), new Blob(['blob'])];
    const amounts = [];
    const answered = new Promise((resolve) => {
      socket.onmessage = () => {
        if (amounts.push(socket.bufferedAmount) === all.length) resolve();
      };
    });
    for (const data of all) socket.send(data);
    await answered;
    same(amounts.at(-1), 0);
    await shut(socket);
  }),
  clause(SECTION, 'a closing socket counts what it no longer sends', async (env) => {
    const socket = await env.open('/echo');
    const close = next(socket, 'close');
    socket.close();
    socket.send('abc');
    same([socket.readyState, socket.bufferedAmount], [2, 3]);
    socket.send(new Blob(['ü']));
    same(socket.bufferedAmount, 5);
    await close;
    same(socket.bufferedAmount, 5);
  }),
  clause(SECTION, 'a closed socket still counts data of every kind', async (env) => {
    const socket = await env.open('/echo');
    await shut(socket);
    same(socket.bufferedAmount, 0);
    const counts = ['ü', new ArrayBuffer(3), new Uint8Array(4).subarray(1), new Blob(['abcd']), ''].map((data) => {
      socket.send(data);
      return socket.bufferedAmount;
    });
    same(counts, [2, 5, 8, 12, 12]);
    await pause(20);
    same(socket.bufferedAmount, 12);
  }),
  clause(SECTION, 'a failed socket still counts', async (env) => {
    const socket = env.connect('/status?code=403');
    await next(socket, 'close');
    socket.send('abc');
    same([socket.readyState, socket.bufferedAmount], [3, 3]);
  }),
  clause(SECTION, 'a call that throws counts nothing', async (env) => {
    const socket = await env.open('/echo');
    for (const args of [[], [Symbol('x')]]) {
      try {
        socket.send(...args);
      } catch {
        continue;
      }
      throw new Error('nothing was thrown');
    }
    same(socket.bufferedAmount, 0);
    await shut(socket);
  }),
  clause(
    SECTION,
    'it does not decrease while the peer reads nothing, and the end of the connection does not reset it',
    async (env) => {
      const socket = new env.WebSocket(env.server('/stall'), env.options({ closeTimeout: 500 }));
      await next(socket, 'open');
      const piece = new Uint8Array(MiB);
      for (let i = 0; i < 64; i += 1) socket.send(piece);
      same(socket.bufferedAmount, 64 * MiB);
      await pause(300);
      const left = socket.bufferedAmount;
      holds(left > 0 && left <= 64 * MiB, `${left} are left`);
      socket.close();
      socket.send('x');
      same(socket.bufferedAmount, left + 1);
      await next(socket, 'close');
      holds(socket.bufferedAmount > 1, `${socket.bufferedAmount} are left`);
    },
    carriesBytes,
  ),
];
