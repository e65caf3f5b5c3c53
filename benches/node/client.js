// The process of one contender: `client.js NAME`. It does a row's work, and measures its own CPU time and the duration.
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { timed } from '../harness/clock.js';
import { median } from '../harness/statistics.js';
import { serve } from '../harness/worker.js';
import { CONTENDERS } from './contenders.js';
import { isSame, lengthOf, payloads } from './payloads.js';

/** How much may be buffered before a sender waits, in bytes. */
const AHEAD = 4 * 1024 * 1024;

const [, , contender] = process.argv;
const make = await CONTENDERS[contender].load();
const { gc = () => {} } = globalThis;

/** @typedef {import('./contenders.js').Socket} Socket */

/**
 * The work of a sample.
 * @typedef {object} Work
 * @property {string} url of the server, with its query
 * @property {import('./payloads.js').Load} load
 * @property {number} count of messages, connections or sockets
 * @property {number} [batch] messages that are sent in one turn; connections at a time; messages of a burst
 * @property {boolean} verify whether all messages are compared, not only the last
 */

/** @returns {Promise<Socket>} */
function opened(url) {
  return new Promise((resolve, reject) => {
    const socket = make(url);
    socket.addEventListener('open', () => resolve(socket));
    socket.addEventListener('error', ({ message, error }) => reject(new Error(message || `${error ?? 'failed'}`)));
    socket.addEventListener('close', () => reject(new Error('the connection ended before it was open')));
  });
}

const openedAll = (url, count) => Promise.all(Array.from({ length: count }, () => opened(url)));

function closed(sockets) {
  return Promise.all(
    sockets.map((socket) => {
      const end = new Promise((resolve) => socket.addEventListener('close', resolve));
      socket.close();
      return end;
    }),
  );
}

/** Resolves with the last of `count` messages; rejects if one isn't what it must be, or if none will come. */
function arrival(sockets, { load, count, verify }) {
  const expected = payloads(load);
  const lengths = expected.map(lengthOf);
  let place = 0;
  let seen = 0;
  return new Promise((resolve, reject) => {
    const listener = ({ data }) => {
      seen += 1;
      if (lengthOf(data) !== lengths[place] || ((verify || seen === count) && !isSame(data, expected[place]))) {
        reject(new Error(`message ${seen} of ${lengthOf(data)} bytes differs`));
      }
      place = place + 1 === lengths.length ? 0 : place + 1;
      if (seen === count) resolve(undefined);
    };
    for (const socket of sockets) {
      socket.addEventListener('message', listener);
      socket.addEventListener('close', () => reject(new Error(`closed after ${seen} of ${count} messages`)));
    }
  });
}

const each = ({ cpu, wall }, count) => ({ cpu: cpu / count, wall: wall / count });

/** Receives. @param {Work} work */
async function give(work) {
  const socket = await opened(work.url);
  const last = arrival([socket], work);
  gc();
  const time = await timed(async () => {
    socket.send('go');
    await last;
  });
  await closed([socket]);
  return each(time, work.count);
}

/** Receives on several sockets, none of which gets its second message before all have had their first. @param {Work} work */
async function burst(work) {
  const { url, count, batch } = work;
  const sockets = await openedAll(`${url}&group=${Math.random()}`, batch);
  let seen = 0;
  let ask = () => {};
  for (const socket of sockets) {
    socket.addEventListener('message', () => {
      seen += 1;
      if (seen % batch === 0 && seen < count) ask();
    });
  }
  const last = arrival(sockets, work);
  ask = () => sockets[0].send('go');
  gc();
  const time = await timed(async () => {
    ask();
    await last;
  });
  await closed(sockets);
  return each(time, count);
}

/** Sends. @param {Work} work */
async function take({ url, load, count, batch = 1 }) {
  const socket = await opened(url);
  const verdict = new Promise((resolve) => socket.addEventListener('message', ({ data }) => resolve(data)));
  const all = payloads(load);
  gc();
  const time = await timed(async () => {
    for (let sent = 0; sent < count; ) {
      for (const end = Math.min(sent + batch, count); sent < end; sent += 1) socket.send(all[sent % all.length]);
      await turn();
      while (socket.bufferedAmount > AHEAD) await sleep(1);
    }
    await verdict;
  });
  if ((await verdict) !== 'right') throw new Error(`the server says: ${await verdict}`);
  await closed([socket]);
  return each(time, count);
}

/** Sends a message when the last one has come back. @param {Work} work */
async function echo(work) {
  const { url, load, count } = work;
  const [payload] = payloads(load);
  const socket = await opened(url);
  const last = arrival([socket], work);
  const durations = [];
  let start = 0;
  const send = () => {
    start = performance.now();
    socket.send(payload);
  };
  socket.addEventListener('message', () => {
    durations.push((performance.now() - start) * 1000);
    if (durations.length < count) send();
  });
  gc();
  const time = await timed(async () => {
    send();
    await last;
  });
  await closed([socket]);
  return { ...each(time, count), p50: median(durations) };
}

/** Connects; closing isn't measured. @param {Work} work */
async function connect({ url, count, batch = 1 }) {
  const sockets = [];
  gc();
  const time = await timed(async () => {
    let left = count;
    const connectSome = async () => {
      while (left > 0) {
        left -= 1;
        sockets.push(await opened(url));
      }
    };
    await Promise.all(Array.from({ length: batch }, connectSome));
  });
  await closed(sockets);
  return each(time, count);
}

/** Holds open sockets that do nothing. The memory of a process never shrinks to what it was: call this once. */
async function idle({ url, count, batch = 1 }) {
  await closed(await openedAll(url, batch));
  const memory = async () => {
    // What has ended is let go in later turns.
    for (let i = 0; i < 5; i += 1) {
      await sleep(20);
      gc();
    }
    return process.memoryUsage();
  };
  const before = await memory();
  const sockets = [];
  while (sockets.length < count) {
    for (const socket of await openedAll(url, batch)) {
      socket.addEventListener('message', () => {});
      sockets.push(socket);
    }
  }
  const after = await memory();
  const result = { heap: after.heapUsed - before.heapUsed, rss: after.rss - before.rss };
  await closed(sockets);
  return { heap: result.heap / 1024 / count, all: result.rss / 1024 / count };
}

serve({ give, burst, take, echo, connect, idle });
