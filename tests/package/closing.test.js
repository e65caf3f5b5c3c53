// The end of a connection: whether it is clean, how long it may take, and that it leaves nothing behind.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { moduleArgs, runNode } from '../support/process.js';
import { closeFrame, frame } from '../support/servers/frame.js';
import { against } from '../support/servers/raw.js';
import { next, open } from './support/sockets.js';

const MiB = 1024 * 1024;

const outcome = async (socket) => {
  const { code, reason, wasClean } = await next(socket, 'close');
  return { code, reason, wasClean, failure: connectionOf(socket).failure?.code };
};

test('a server that pings but never answers the Close frame is disconnected after closeTimeout', async () => {
  const pings = (socket) => {
    const timer = setInterval(() => socket.write(frame(0x89, 'here')), 100);
    socket.on('close', () => clearInterval(timer));
  };
  await against(pings, async (url) => {
    const socket = await open(url, { closeTimeout: 400 });
    socket.close(1000);
    const end = await outcome(socket);
    assert.deepEqual(end, { code: 1006, reason: '', wasClean: false, failure: 'close-timeout' });
  });
});

test('closeTimeout does not run while messages before the Close frame are being flushed', async () => {
  const closeTimeout = 1_500;
  // About 10 MiB a second for twice as long, and then the rest at once.
  const slow = (socket) => {
    socket.pause();
    const timer = setInterval(() => socket.resume(), 100);
    const begin = performance.now();
    let received = 0;
    let pauseAt = MiB;
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received > 32 * MiB) socket.end(closeFrame(1000));
      if (received < pauseAt || performance.now() - begin > 2 * closeTimeout) return;
      pauseAt = received + MiB;
      socket.pause();
    });
    socket.on('close', () => clearInterval(timer));
  };
  await against(slow, async (url) => {
    const socket = await open(url, { closeTimeout, perMessageDeflate: false });
    for (let i = 0; i < 32; i += 1) socket.send(new Uint8Array(MiB));
    socket.close();
    assert.deepEqual(await outcome(socket), { code: 1000, reason: '', wasClean: true, failure: undefined });
  });
});

test('a close is not clean if the server ends the connection before our Close frame is sent', async () => {
  const closes = (socket) => {
    socket.pause();
    setTimeout(() => socket.end(closeFrame(4567, 'enough')), 100);
  };
  for (const closeFirst of [false, true]) {
    await against(closes, async (url) => {
      const socket = await open(url, { perMessageDeflate: false });
      for (let i = 0; i < 20; i += 1) socket.send(new Uint8Array(MiB));
      if (closeFirst) socket.close();
      const end = await outcome(socket);
      assert.deepEqual(end, { code: 4567, reason: 'enough', wasClean: false, failure: 'closed-before-sent' });
      assert.ok(socket.bufferedAmount > MiB, `${socket.bufferedAmount}`);
    });
  }
});

test('a server that sends its Close frame and ends at once gets an answer, and the close is clean', async () => {
  let answer;
  const closes = (socket) => {
    answer = once(socket, 'data');
    socket.end(closeFrame(1000, 'bye'));
  };
  await against(closes, async (url) => {
    const end = await outcome(new WebSocket(url));
    assert.deepEqual(end, { code: 1000, reason: 'bye', wasClean: true, failure: undefined });
    const [bytes] = await answer;
    assert.equal(bytes[0], 0x88);
  });
});

/** Connects, sends that many bytes, and prints after the close event how many timers the process has. */
const countTimers = (url, bytes) => `
  import { WebSocket } from 'websocket-wasm';
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const socket = new WebSocket('${url}', { perMessageDeflate: false });
  socket.onopen = () => ${bytes} && socket.send(new Uint8Array(${bytes}));
  socket.onclose = ({ code }) => {
    let turns = 0;
    const look = () => (turns++ < 20 ? setImmediate(look) : console.log(code, timers()));
    look();
  };`;

for (const [name, end, bytes, seen] of /** @type {const} */ ([
  ['a clean close leaves no timer', (socket) => socket.end(closeFrame(1000)), 0, '1000 0'],
  // Until everything is flushed, or the time limit is reached.
  [
    'a failure keeps a timer for the open transport',
    (socket) => {
      socket.once('data', () => socket.pause().write(Buffer.from([0xff, 0])));
    },
    32 * MiB,
    '1006 1',
  ],
])) {
  test(name, async () => {
    await against(end, async (url) => {
      const { output } = await runNode(moduleArgs(countTimers(url, bytes)), import.meta.dirname);
      assert.equal(output, `${seen}\n`);
    });
  });
}

test('after a failure the transport is released although the server keeps it open', async () => {
  const violates = (socket) => {
    socket.pause();
    setTimeout(() => socket.end(Buffer.from([0xff, 0])), 300);
  };
  await against(violates, async (url) => {
    const script = `
      import { WebSocket } from 'websocket-wasm';
      const socket = new WebSocket('${url}', { perMessageDeflate: false });
      socket.onopen = () => { for (let i = 0; i < 20; i += 1) socket.send(new Uint8Array(${MiB})); };
      socket.onclose = ({ code }) => console.log(code);`;
    // The process ends on its own.
    assert.deepEqual(await runNode(moduleArgs(script), import.meta.dirname), { status: 0, output: '1006\n' });
  });
});
