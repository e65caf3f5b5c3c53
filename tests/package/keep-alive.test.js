// The option `keepAlive`: pings after silence (RFC 6455 5.5.2), and the failure of a connection whose server is gone.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { test } from 'node:test';
import { connectionOf, native, WebSocket } from 'websocket-wasm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { WebSocketServer } from 'ws';
import { moduleArgs, runNode } from '../support/process.js';
import { frame, header } from '../support/servers/frame.js';
import { against } from '../support/servers/raw.js';
import { echoed, next, open, pause, shut, until } from './support/sockets.js';

const KiB = 1024;
const FAILURE = { code: 1006, reason: '', wasClean: false, failure: 'keep-alive-timeout' };

async function outcome(socket) {
  const { code, reason, wasClean } = await next(socket, 'close');
  return { code, reason, wasClean, failure: connectionOf(socket).failure?.code };
}

/** Calls `use` with the URL of an echo server of npm's `ws`, which answers pings, and the payloads of those. */
async function againstWs(use) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const pings = [];
  server.on('connection', (peer) => {
    peer.on('ping', (payload) => pings.push(payload));
    peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }));
  });
  try {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    await use(`ws://127.0.0.1:${port}/`, pings);
  } finally {
    for (const peer of server.clients) peer.terminate();
    server.close();
  }
}

/** Computes for so many milliseconds. */
function work(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('a silent server is pinged, and the connection goes on when it answers', async () => {
  await againstWs(async (url, pings) => {
    const socket = await open(url, { keepAlive: { interval: 30, timeout: 5_000 } });
    await until(() => pings.length >= 5);
    assert.equal(new Set(pings.map(String)).size, pings.length, 'the payloads differ');
    assert.equal(await echoed(socket, 'still there'), 'still there');
    await shut(socket);
    assert.equal(connectionOf(socket).failure, undefined);
  });
});

test('no ping is sent without the option, nor with false', async () => {
  await againstWs(async (url, pings) => {
    const sockets = [await open(url), await open(url, { keepAlive: false }), await open(url, { keepAlive: {} })];
    await pause(200);
    assert.equal(pings.length, 0);
    await Promise.all(sockets.map(shut));
  });
});

test("ping() and its answers aren't affected", async () => {
  await againstWs(async (url, pings) => {
    const socket = await open(url, { keepAlive: { interval: 1, timeout: 5_000 } });
    await until(() => pings.length >= 3);
    for (const data of [undefined, new Uint8Array(), new Uint8Array(16), undefined]) {
      assert.ok((await connectionOf(socket).ping(data)) >= 0);
    }
    await shut(socket);
  });
});

test('a server that stops answering: the messages before that, then error and close 1006', async () => {
  const received = [];
  let gone;
  const silent = (peer) => {
    gone = once(peer, 'close');
    peer.on('data', (chunk) => received.push(...chunk));
    peer.write(frame(0x81, 'last words'));
  };
  await against(silent, async (url) => {
    const socket = new WebSocket(url, { keepAlive: { interval: 50, timeout: 100 } });
    const events = [];
    for (const type of ['open', 'message', 'error', 'close']) socket.addEventListener(type, () => events.push(type));
    assert.deepEqual(await outcome(socket), FAILURE);
    assert.deepEqual(events, ['open', 'message', 'error', 'close']);
    assert.equal(connectionOf(socket).failure.message, "the server didn't answer a ping in time");
    // The transport is dropped.
    await gone;
    // Masked pings, and no Close frame.
    const size = 2 + 4 + (received[1] & 0x7f);
    assert.ok(received.length >= size);
    for (let at = 0; at < received.length; at += size) {
      assert.deepEqual(received.slice(at, at + 2), [0x89, 0x80 | (size - 6)]);
    }
  });
});

test('a WebSocketStream fails alike', async () => {
  await against(
    () => {},
    async (url) => {
      const stream = new WebSocketStream(url, { keepAlive: { interval: 50, timeout: 100 } });
      const { readable } = await stream.opened;
      await assert.rejects(readable.getReader().read());
      await assert.rejects(stream.closed, { name: 'WebSocketError', closeCode: 1006 });
    },
  );
});

test('a large message that arrives slowly is life, though no ping is answered', async () => {
  const size = 40;
  const drip = async (peer) => {
    peer.write(header(0x82, size));
    for (let i = 0; i < size; i += 1) {
      await pause(50);
      peer.write(Buffer.from([i]));
    }
  };
  await against(drip, async (url) => {
    const socket = await open(url, { keepAlive: { interval: 200, timeout: 500 } });
    const { data } = await next(socket, 'message');
    assert.deepEqual(
      new Uint8Array(data),
      Uint8Array.from({ length: size }, (_, i) => i),
    );
    assert.deepEqual(await outcome(socket), FAILURE);
  });
});

test('so is a large message whose payload the core skips, and so are frames that cause no event', async () => {
  const unseen = [
    Array(30).fill(Buffer.alloc(2 * KiB)),
    Array(30).fill(frame(0x8a, 'unsolicited')),
    Array(30).fill(frame(0x02, [])).fill(frame(0x00, []), 1),
  ];
  for (const [i, pieces] of unseen.entries()) {
    let sent = 0;
    const send = async (peer) => {
      if (i === 0) peer.write(header(0x82, 1024 * KiB));
      for (const piece of pieces) {
        peer.write(piece);
        sent += 1;
        await pause(50);
      }
    };
    await against(send, async (url) => {
      const socket = await open(url, { keepAlive: { interval: 200, timeout: 500 } });
      assert.deepEqual(await outcome(socket), FAILURE);
      assert.equal(sent, pieces.length);
    });
  }
});

test('while a reader holds messages back, unread bytes are no silence', async () => {
  const size = 64 * KiB;
  const count = 400;
  const peers = [];
  const send = (peer) => {
    peers.push(peer);
    for (let i = 0; i < count; i += 1) peer.write(frame(0x82, Buffer.alloc(size)));
  };
  await against(send, async (url) => {
    const stream = new WebSocketStream(url, { keepAlive: { interval: 50, timeout: 100 } });
    let closed = false;
    const end = stream.closed
      .catch((error) => error)
      .finally(() => {
        closed = true;
      });
    const { readable } = await stream.opened;
    const reader = readable.getReader();
    await pause(1_000);
    assert.equal(closed, false);
    assert.ok(peers[0].writableLength > size, 'the server is held back');
    // Slowly: the transport stays paused while messages wait.
    for (let i = 0; i < 8; i += 1) {
      await reader.read();
      await pause(100);
    }
    assert.equal(closed, false);
    for (let i = 8; i < count; i += 1) assert.equal((await reader.read()).value?.length, size);
    // From here on it is silent.
    assert.equal((await end).closeCode, 1006);
  });
});

test('a ping after a large message that is still being sent gets its time', async () => {
  let received = 0;
  const size = 40 * 1024 * KiB;
  const slow = (peer) => {
    peer.pause();
    const timer = setInterval(() => {
      peer.resume();
      setTimeout(() => peer.pause(), 5);
    }, 50);
    peer.on('data', (chunk) => {
      received += chunk.length;
      if (received > size) peer.write(frame(0x81, 'all of it'));
    });
    peer.on('close', () => clearInterval(timer));
  };
  await against(slow, async (url) => {
    const socket = await open(url, { perMessageDeflate: false, keepAlive: { interval: 50, timeout: 1_000 } });
    socket.send(new Uint8Array(size));
    assert.equal((await next(socket, 'message')).data, 'all of it');
    await shut(socket);
  });
});

test('after the event loop was blocked a ping decides', async () => {
  // The server runs in this process: while the loop is blocked it can't answer.
  await againstWs(async (url, pings) => {
    const socket = await open(url, { keepAlive: { interval: 100, timeout: 200 } });
    for (const blocked of [150, 350, 1_000]) {
      const before = pings.length;
      await until(() => pings.length > before);
      work(blocked);
      assert.equal(await echoed(socket, 'still there'), 'still there');
    }
    await shut(socket);
    assert.equal(connectionOf(socket).failure, undefined);
  });
});

test('after a suspended process continues a ping decides', { skip: process.platform === 'win32' }, async () => {
  const { spawn } = await import('node:child_process');
  await againstWs(async (url, pings) => {
    const script = `
      import { WebSocket } from 'websocket-wasm';
      const socket = new WebSocket('${url}', { keepAlive: { interval: 100, timeout: 200 } });
      socket.onopen = () => console.log('open');
      socket.onmessage = ({ data }) => console.log(data);
      socket.onclose = ({ code }) => process.exit(code & 255);
      process.stdin.on('data', (text) => socket.send(String(text)));`;
    const child = spawn(process.execPath, moduleArgs(script), {
      cwd: import.meta.dirname,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      await once(child.stdout, 'data');
      for (let i = 0; i < 3; i += 1) {
        const before = pings.length;
        await until(() => pings.length > before);
        child.kill('SIGSTOP');
        await pause(500);
        child.kill('SIGCONT');
      }
      child.stdin.write('alive');
      const [output] = await once(child.stdout, 'data');
      assert.equal(`${output}`, 'alive\n');
    } finally {
      child.kill('SIGKILL');
    }
  });
});

test('closing has its own timeout', async () => {
  await against(
    () => {},
    async (url) => {
      const socket = await open(url, { closeTimeout: 400, keepAlive: { interval: 20, timeout: 50 } });
      socket.close();
      assert.deepEqual(await outcome(socket), { ...FAILURE, failure: 'close-timeout' });
    },
  );
});

/**
 * Opens that many sockets and exchanges messages on them. Prints the most timers at a time that were longer than a second,
 * and waits until no timer keeps the process alive.
 */
const countTimers = (url, count) => `
  const { setTimeout, clearTimeout } = globalThis;
  const timers = new Set();
  let most = 0;
  globalThis.setTimeout = (run, delay, ...args) => {
    const timer = setTimeout(() => { timers.delete(timer); run(...args); }, delay);
    if (delay > 1000) timers.add(timer);
    most = Math.max(most, timers.size);
    return timer;
  };
  globalThis.clearTimeout = (timer) => { timers.delete(timer); clearTimeout(timer); };
  const { WebSocket } = await import('websocket-wasm');
  const open = () => new Promise((resolve, reject) => {
    const socket = new WebSocket('${url}', { keepAlive: { interval: 60_000 } });
    socket.onopen = () => resolve(socket);
    socket.onclose = reject;
  });
  const sockets = [];
  for (let i = 0; i < ${count}; i += 1) sockets.push(await open());
  most = timers.size;
  for (let i = 0; i < 5; i += 1) {
    await Promise.all(sockets.map((socket) => new Promise((resolve) => {
      socket.onmessage = resolve;
      socket.send('x');
    })));
  }
  while (process.getActiveResourcesInfo().includes('Timeout')) await new Promise(setImmediate);
  console.log(most);
  process.exit();`;

test('open sockets share one timer, which keeps no process alive', async () => {
  await againstWs(async (url) => {
    const { output } = await runNode(moduleArgs(countTimers(url, 100)), import.meta.dirname);
    assert.equal(output, '1\n');
  });
});

test('a process ends although a socket without a handle has keepAlive', async () => {
  const script = `
    import { WebSocket } from 'websocket-wasm';
    import { linkInMemory } from './support/link-in-memory.js';
    const transport = () => linkInMemory(() => {});
    const socket = new WebSocket('ws://memory.example/', { transport, keepAlive: { interval: 500_000 } });
    socket.onopen = () => console.log('open');`;
  assert.deepEqual(await runNode(moduleArgs(script), import.meta.dirname), { status: 0, output: 'open\n' });
});

test('a process ends after the last socket with keepAlive is closed', async () => {
  await againstWs(async (url) => {
    const script = `
      import { WebSocket } from 'websocket-wasm';
      const socket = new WebSocket('${url}', { keepAlive: { interval: 500_000 } });
      socket.onopen = () => socket.close();
      socket.onclose = ({ code }) => console.log(code);`;
    assert.deepEqual(await runNode(moduleArgs(script), import.meta.dirname), { status: 0, output: '1005\n' });
  });
});

test('each event is dispatched in the asynchronous context of its own socket', async () => {
  const storage = new AsyncLocalStorage();
  await against(
    () => {},
    async (url) => {
      const stores = [];
      // One after the other: otherwise they wait for each other to connect.
      for (let i = 0; i < 10; i += 1) {
        const socket = await storage.run(i, () => open(url, { keepAlive: { interval: 100, timeout: 100 } }));
        stores.push(
          new Promise((resolve) => {
            socket.onclose = () => resolve(storage.getStore());
          }),
        );
      }
      assert.deepEqual(await Promise.all(stores), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    },
  );
});

test('an invalid value is a TypeError that names it', () => {
  const make = (keepAlive) => () => new WebSocket('ws://host.example/', { keepAlive });
  for (const value of [0, 1, 30_000, '', 'yes', null, 1n]) {
    const message = `The option 'keepAlive' must be a boolean or an object, not ${value}.`;
    assert.throws(make(value), { name: 'TypeError', message });
    assert.throws(() => new WebSocketStream('ws://host.example/', /** @type {any} */ ({ keepAlive: value })), {
      name: 'TypeError',
      message,
    });
  }
  assert.throws(make(Symbol('x')), TypeError);
  for (const member of ['interval', 'timeout']) {
    for (const value of [0, -1, 0.5, Number.NaN, 'soon', null]) {
      const message = `The option 'keepAlive.${member}' must be a number of at least 1, not ${+(/** @type {any} */ (value))}.`;
      assert.throws(make({ [member]: value }), { name: 'TypeError', message });
    }
  }
});

test('over native it is refused, unless it is off', () => {
  for (const keepAlive of [true, {}, { interval: 1 }]) {
    assert.throws(() => new WebSocket('ws://host.example/', { transport: native, keepAlive }), {
      name: 'TypeError',
      message: /'native' can't honour keepAlive/,
    });
  }
});
