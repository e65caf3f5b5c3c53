// Scripts may replace the platform's classes and functions after the import, as test environments do: the package uses
// those that existed at its import.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { next } from '../support/events.js';

/** An echo server in a process of its own: in this one it would use the replacements. */
let server;
const echo = { url: '' };
before(async () => {
  const script = `
    import { startEcho } from '${new URL('../../scripts/servers.js', import.meta.url)}';
    console.log((await startEcho()).url);`;
  server = spawn('node', ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  echo.url = `${(await once(server.stdout, 'data'))[0]}`.trim();
});
after(() => server.kill());

// Node loads its Headers when they are first read, with the globals of that time.
void globalThis.Headers;

const NAMES = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'CloseEvent',
  'DOMException',
  'Event',
  'Headers',
  'MessageChannel',
  'MessageEvent',
  'ReadableStream',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'WritableStream',
  'clearTimeout',
  'crypto',
  'fetch',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setTimeout',
];

/** Runs `use` while each of the globals is a class that throws. */
async function replaced(use) {
  const descriptors = new Map(NAMES.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  for (const name of NAMES) {
    const value = class {
      constructor() {
        throw new Error(`the replaced ${name} was used`);
      }
    };
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  try {
    return await use();
  } finally {
    for (const [name, descriptor] of descriptors) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete globalThis[name];
    }
  }
}

test('a socket opens, echoes and closes', async () => {
  const { Event, MessageEvent, DOMException } = globalThis;
  await replaced(async () => {
    const socket = new WebSocket(echo.url, { headers: { a: 'b' }, perMessageDeflate: { threshold: 0 } });
    assert.throws(() => socket.send('early'), DOMException);
    assert.throws(() => new WebSocket('no url'), { name: 'SyntaxError' });
    const opened = await next(socket, 'open');
    assert.ok(opened instanceof Event);
    socket.send('text');
    const message = await next(socket, 'message');
    assert.ok(message instanceof MessageEvent);
    assert.equal(message.data, 'text');
    socket.send(new Uint8Array([1, 2, 3]));
    assert.equal((await next(socket, 'message')).data.size, 3);
    socket.send('x'.repeat(2_000_000));
    assert.equal((await next(socket, 'message')).data.length, 2_000_000);
    assert.ok((await connectionOf(socket).ping()) >= 0);
    socket.close(1000, 'bye');
    const close = await next(socket, 'close');
    assert.deepEqual([close.code, close.reason, close.wasClean], [1000, 'bye', true]);
  });
});

test('a stream opens, echoes and closes', async () => {
  await replaced(async () => {
    const stream = new WebSocketStream(echo.url);
    const { readable, writable } = await stream.opened;
    await writable.getWriter().write('text');
    assert.equal((await readable.getReader().read()).value, 'text');
    stream.close();
    await stream.closed;
  });
});

test('a connection fails', async () => {
  await replaced(async () => {
    const socket = new WebSocket('ws://127.0.0.1:9/');
    await next(socket, 'close');
    assert.equal(connectionOf(socket).failure.code, 'blocked-port');
  });
});
