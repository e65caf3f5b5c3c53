// Many sockets that have something to do at once share the turns of the event loop: none of them blocks it for the others, and
// none waits until the others have nothing left to do.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, before, test } from 'node:test';
import { closeFrame, frame } from '../support/servers/frame.js';
import { startAccepting } from '../support/servers/raw.js';
import { linkInMemory } from './support/link-in-memory.js';
import { next, open, shut } from './support/sockets.js';

const SOCKETS = 200;
const OPTIONS = { perMessageDeflate: false, closeTimeout: 100 };

/** Computes for so many milliseconds. */
function work(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Counts turns of the event loop until it is stopped. */
function countTurns() {
  const counter = { turns: 0, stop: () => clearImmediate(immediate) };
  let immediate = setImmediate(count);
  function count() {
    counter.turns += 1;
    immediate = setImmediate(count);
  }
  return counter;
}

let server;
const peers = new Set();

before(async () => {
  server = await startAccepting((peer) => {
    peers.add(peer);
    peer.on('close', () => peers.delete(peer));
  });
});
after(() => server.close());

/** Sends the same to all sockets at once. */
function broadcast(...frames) {
  for (const peer of peers) peer.write(Buffer.concat(frames));
}

test('what many handlers do at once is spread over turns', async () => {
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => open(server.url, OPTIONS)));
  const messages = sockets.map((socket) => next(socket, 'message'));
  for (const socket of sockets) socket.addEventListener('message', () => work(2));
  broadcast(frame(0x81, 'at once'));
  const counter = countTurns();
  await Promise.all(messages);
  counter.stop();
  assert.ok(counter.turns >= 10, `${counter.turns}`);
  await Promise.all(sockets.map(shut));
});

test('events that wait for a later turn stay in order, each in its own asynchronous context and task', async () => {
  const storage = new AsyncLocalStorage();
  const sockets = [];
  for (let i = 0; i < SOCKETS; i += 1) sockets.push(await storage.run(i, () => open(server.url, OPTIONS)));
  const logs = sockets.map((socket, i) => storage.run(i, () => record(socket, () => storage.getStore() === i)));
  broadcast(frame(0x81, 'one'), frame(0x81, 'two'), closeFrame(1000));
  for (const log of await Promise.all(logs)) {
    assert.deepEqual(log, ['one', 'microtasks', 'two', 'microtasks', 'close']);
  }
});

/** Records what a socket's events lead to, up to `close`. */
function record(socket, isOwnContext) {
  const log = [];
  const note = (what) => log.push(isOwnContext() ? what : `${what} in the context of another socket`);
  socket.addEventListener('message', async ({ data }) => {
    note(data);
    work(1);
    for (let i = 0; i < 20; i += 1) await undefined;
    note('microtasks');
  });
  return new Promise((resolve) => {
    socket.addEventListener('close', () => {
      note('close');
      resolve(log);
    });
  });
}

test('sockets that always have another message take turns', async () => {
  const counts = [];
  let total = 0;
  let finish;
  const finished = new Promise((resolve) => (finish = resolve));
  const sockets = await Promise.all(
    Array.from({ length: SOCKETS }, async (_, i) => {
      // Answers at once whatever is sent.
      const transport = () => linkInMemory((sink) => sink.data(frame(0x81, 'again')));
      const socket = await open('ws://memory.example/', { ...OPTIONS, transport });
      counts[i] = 0;
      socket.onmessage = () => {
        work(0.1);
        counts[i] += 1;
        total += 1;
        if (total < 20 * SOCKETS) socket.send('again');
        else finish();
      };
      return socket;
    }),
  );
  for (const socket of sockets) socket.send('first');
  await finished;
  assert.ok(Math.min(...counts) > 1, `${counts}`);
  await Promise.all(sockets.map(shut));
});
