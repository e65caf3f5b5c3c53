// Each event is dispatched in a task of its own, however a transport delivers the bytes (WHATWG WebSockets 4: "queue a
// task").
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket } from 'websocket-wasm';
import { frame } from '../support/servers/frame.js';
import { acceptance, startRaw } from '../support/servers/raw.js';
import { next } from './support/sockets.js';

const MESSAGES = 20;

let server;

before(async () => {
  // Frames in one chunk with the response.
  server = await startRaw((socket, request) => {
    const frames = Array.from({ length: MESSAGES }, (_, i) => frame(0x81, [0x41 + i]));
    socket.end(Buffer.concat([Buffer.from(acceptance(request)), ...frames]));
  });
});
after(() => server.close());

/** A link that delivers `pieces(chunk)` in one task. While it is paused it keeps them until it is resumed. */
function linkOf(pieces) {
  return ({ hostname, port }) => {
    const socket = net.connect(port, hostname);
    const held = [];
    let paused = false;
    let ended = false;
    let sink;
    const deliver = () => {
      while (!paused && held.length) sink.data(held.shift());
      if (!ended || held.length) return;
      ended = false;
      sink.end();
    };
    return {
      open(to) {
        sink = to;
        socket.on('data', (chunk) => {
          held.push(...pieces(chunk));
          deliver();
        });
        socket.on('error', (error) => sink.fail(error));
        socket.on('end', () => {
          ended = true;
          deliver();
        });
      },
      write: (chunk, flushed) => socket.write(chunk, () => flushed()),
      pause() {
        paused = true;
      },
      resume() {
        paused = false;
        deliver();
      },
      end: () => socket.end(),
      destroy: () => socket.destroy(),
    };
  };
}

/** A stream that enqueues `pieces(chunk)` at once: reading each takes a few microtasks. */
function streamOf(pieces) {
  return ({ hostname, port }) => {
    const socket = net.connect(port, hostname);
    const readable = new ReadableStream({
      start(controller) {
        socket.on('data', (chunk) => {
          for (const piece of pieces(chunk)) controller.enqueue(piece);
        });
        socket.on('end', () => controller.close());
      },
    });
    const writable = new WritableStream({
      write: (chunk) => new Promise((resolve) => socket.write(chunk, () => resolve(undefined))),
      close: () => void socket.end(),
      abort: () => void socket.destroy(),
    });
    return { readable, writable };
  };
}

const chunks = (chunk) => [chunk];
const bytes = (chunk) => Array.from(chunk, (byte) => Uint8Array.of(byte));
const transports = { 'a link': linkOf, 'a stream': streamOf };

for (const [name, transport] of Object.entries(transports)) {
  for (const pieces of [chunks, bytes]) {
    for (const highWaterMark of [undefined, 1]) {
      const mark = highWaterMark === undefined ? '' : `, pausing above ${highWaterMark} byte`;
      test(`${name} of ${pieces.name}${mark}: all microtasks run between two events`, async () => {
        const socket = new WebSocket(server.url, { transport: transport(pieces), highWaterMark });
        const order = [];
        const record = async (event) => {
          order.push(event);
          for (let i = 0; i < 50; i += 1) await undefined;
          order.push('microtasks');
        };
        socket.addEventListener('open', () => record('open'));
        socket.addEventListener('message', ({ data }) => record(data));
        await next(socket, 'close');
        const messages = Array.from({ length: MESSAGES }, (_, i) => String.fromCharCode(0x41 + i));
        assert.deepEqual(
          order,
          ['open', ...messages].flatMap((event) => [event, 'microtasks']),
        );
      });
    }
  }
}
