// The end of a connection: what is clean, how long it may take, and that nothing of it stays.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { frame } from '../servers/frame.js';
import { acceptance, startRaw } from '../servers/raw.js';
import { next, open } from './support.js';

const MiB = 1024 * 1024;
const CLOSE = 0x88;
const PING = 0x89;
const closeFrame = (code, reason = '') => frame(CLOSE, Buffer.from([code >> 8, code & 0xff, ...Buffer.from(reason)]));

/** A server that accepts and goes on as `then` says, while `use` runs. */
async function against(then, use) {
  const server = await startRaw((socket, request) => {
    socket.write(acceptance(request));
    then(socket);
  });
  try {
    return await use(server.url);
  } finally {
    await server.close();
  }
}

const outcome = async (socket) => {
  const { code, reason, wasClean } = await next(socket, 'close');
  return { code, reason, wasClean, failure: connectionOf(socket).failure?.code };
};

test('a server that pings and never answers a Close frame is left after closeTimeout', async () => {
  const pings = (socket) => {
    const timer = setInterval(() => socket.write(frame(PING, Buffer.from('here'))), 100);
    socket.on('close', () => clearInterval(timer));
  };
  await against(pings, async (url) => {
    const socket = await open(url, { closeTimeout: 400 });
    const began = performance.now();
    socket.close(1000);
    const end = await outcome(socket);
    assert.deepEqual(end, { code: 1006, reason: '', wasClean: false, failure: 'close-timeout' });
    // Some thirty pings would have come by then.
    assert.ok(performance.now() - began < 3_000);
  });
});

test('a large message in front of the Close frame has its time as long as it leaves', async () => {
  const slow = (socket) => {
    socket.pause();
    const timer = setInterval(() => {
      socket.resume();
      setTimeout(() => socket.pause(), 10);
    }, 100);
    let received = 0;
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received > 24 * MiB) socket.end(closeFrame(1000));
    });
    socket.on('close', () => clearInterval(timer));
  };
  await against(slow, async (url) => {
    const socket = await open(url, { closeTimeout: 1_000, perMessageDeflate: false });
    for (let i = 0; i < 24; i += 1) socket.send(new Uint8Array(MiB));
    socket.close();
    assert.deepEqual(await outcome(socket), { code: 1000, reason: '', wasClean: true, failure: undefined });
  });
});

test('what the server ended before our Close frame was sent is not clean', async () => {
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

test('a server that sends its Close frame and ends at once is answered, and that is clean', async () => {
  let answer;
  const closes = (socket) => {
    answer = once(socket, 'data');
    socket.end(closeFrame(1000, 'bye'));
  };
  await against(closes, async (url) => {
    const end = await outcome(new WebSocket(url));
    assert.deepEqual(end, { code: 1000, reason: 'bye', wasClean: true, failure: undefined });
    const [bytes] = await answer;
    assert.equal(bytes[0], CLOSE);
  });
});

test('a clean close leaves no timer', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  // Of the tests before some may be left, for a while.
  const before = timers();
  await against(
    (socket) => socket.end(closeFrame(1000)),
    async (url) => {
      await outcome(new WebSocket(url));
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.ok(timers() <= before, `${timers()} of ${before}`);
    },
  );
});

test('after a failure the transport is let go, whatever the server does', async () => {
  // A bad frame, the server's end, and nothing is ever read.
  const server = await startRaw((socket, request) => {
    socket.pause();
    socket.write(acceptance(request));
    setTimeout(() => socket.end(Buffer.from([0xff, 0])), 300);
  });
  const script = `
    import { WebSocket } from 'websocket-wasm';
    const socket = new WebSocket('${server.url}', { perMessageDeflate: false });
    socket.onopen = () => { for (let i = 0; i < 20; i += 1) socket.send(new Uint8Array(${MiB})); };
    socket.onclose = ({ code }) => console.log(code);
  `;
  const child = spawn('node', ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    const late = setTimeout(() => child.kill(), 20_000);
    const [status] = await once(child, 'exit');
    clearTimeout(late);
    assert.equal(status, 0, 'the process ends by itself');
    assert.equal(output, '1006\n');
  } finally {
    child.kill();
    await server.close();
  }
});
