// Timers and other I/O run however fast a transport delivers: a peer in the same process could otherwise starve them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'websocket-wasm';
import { sharedEcho } from '../support/servers/echo.js';
import { frame } from '../support/servers/frame.js';
import { acceptance } from '../support/servers/raw.js';
import { linkInMemory } from './support/link-in-memory.js';
import { echoed, next, open, pause, shut } from './support/sockets.js';

const echo = sharedEcho();

/** The number of deliveries without a timer that counts as starvation; the transports then deliver no more. */
const STARVED = 500_000;

const URL_IN_MEMORY = 'ws://memory.example/';
const OPTIONS = { perMessageDeflate: false, closeTimeout: 100 };

/**
 * A byte stream to a server in memory that accepts, and then delivers a chunk for each `pull()`.
 * @param {Uint8Array} chunk
 * @param {() => boolean} isWanted whether to deliver another one
 */
function endlessStream(chunk, isWanted) {
  let accept;
  const request = new Promise((resolve) => {
    accept = resolve;
  });
  let accepted = false;
  const pull = async (controller) => {
    if (!accepted) {
      accepted = true;
      controller.enqueue(Buffer.from(acceptance(await request)));
    } else if (isWanted()) {
      controller.enqueue(chunk.slice());
    } else {
      controller.close();
    }
  };
  let written = '';
  const write = (bytes) => {
    written += new TextDecoder('latin1').decode(bytes);
    if (written.includes('\r\n\r\n')) accept(written);
  };
  return { readable: new ReadableStream({ pull }, { highWaterMark: 0 }), writable: new WritableStream({ write }) };
}

for (const [name, chunk] of Object.entries({ messages: frame(0x81, 'flood'), pings: frame(0x89, 'ping') })) {
  test(`timers and I/O run while a stream in memory always has more ${name}`, async () => {
    let chunks = 0;
    const isWanted = () => {
      chunks += 1;
      return chunks < STARVED;
    };
    const socket = new WebSocket(URL_IN_MEMORY, { ...OPTIONS, transport: () => endlessStream(chunk, isWanted) });
    await next(socket, 'open');
    await pause(100);
    const other = await open(echo.url);
    assert.equal(await echoed(other, 'meanwhile'), 'meanwhile');
    assert.ok(chunks < STARVED, 'no timer fired');
    assert.ok(chunks > 100, `${chunks}`);
    await shut(other);
    await shut(socket);
  });
}

for (const [name, opcode] of Object.entries({ 'each message with a message': 0x81, 'each pong with a ping': 0x89 })) {
  test(`timers run while a link in memory answers ${name}`, async () => {
    let answers = 0;
    const answer = (sink) => {
      answers += 1;
      if (answers < STARVED) sink.data(frame(opcode, 'again'));
    };
    const socket = new WebSocket(URL_IN_MEMORY, { ...OPTIONS, transport: () => linkInMemory(answer) });
    socket.onopen = socket.onmessage = () => socket.send('again');
    await next(socket, 'open');
    await pause(100);
    assert.ok(answers < STARVED, 'no timer fired');
    assert.ok(answers > 100, `${answers}`);
    await shut(socket);
  });
}
