// Timers may fire before their time: Node and browsers round it. A deadline must then be awaited further.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { next, pause, shut } from '../support/events.js';
import { frame } from '../support/servers/frame.js';
import { linkInMemory } from './support/link-in-memory.js';

/** How much too early timers fire here, in milliseconds. */
const EARLY = 5;

const SOCKETS = 10;

const { setTimeout } = globalThis;

/** The package with such timers. */
async function load() {
  globalThis.setTimeout = /** @type {any} */ ((run, delay = 0) => setTimeout(run, Math.max(0, delay - EARLY)));
  try {
    return await import('websocket-wasm');
  } finally {
    globalThis.setTimeout = setTimeout;
  }
}

test('peers that go on are given up though the timer of the closing handshake fires early', async () => {
  const { WebSocket } = await load();
  // Each pong is answered with a ping, also after the Close frame.
  const transport = () => linkInMemory((sink) => sink.data(frame(0x89, 'again')));
  const options = { perMessageDeflate: false, closeTimeout: 100, transport };
  const sockets = Array.from({ length: SOCKETS }, () => new WebSocket('ws://memory.example/', options));
  await Promise.all(sockets.map((socket) => next(socket, 'open')));
  for (const socket of sockets) socket.send('begin');
  await pause(50);
  for (const { wasClean, code } of await Promise.all(sockets.map(shut))) {
    assert.equal(wasClean, false);
    assert.equal(code, 1006);
  }
});
