// The cost and the gain of compression: JSON messages, this package at each level and npm `ws` (Node's zlib), in one run.
// `npm run bench:deflate` prints this process's CPU time for each message, and the number of bytes sent.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { WebSocket } from 'websocket-wasm';
import { WebSocket as Ws } from 'ws';
import { timed } from './harness/clock.js';
import { messages } from './messages.js';

const ROUNDS = 10;
const COUNT = ROUNDS * messages.length;
const PLAIN = (ROUNDS * messages.reduce((sum, message) => sum + message.length, 0)) / COUNT;

const peer = fork(new URL('peer.js', import.meta.url), [`${ROUNDS}`], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
const [line] = await once(/** @type {import('node:stream').Readable} */ (peer.stdout), 'data');
const url = `ws://127.0.0.1:${Number(line)}/`;

async function send(socket) {
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  let size = 0;
  const { cpu } = await timed(async () => {
    const count = new Promise((resolve) => socket.addEventListener('message', ({ data }) => resolve(Number(data))));
    for (let i = 0; i < ROUNDS; i += 1) for (const message of messages) socket.send(message);
    size = (await count) / COUNT;
  });
  socket.close();
  return { time: cpu / COUNT, size };
}

async function receive(make) {
  const { cpu } = await timed(async () => {
    const socket = make(`${url}send`);
    let received = 0;
    await new Promise((resolve) => {
      socket.addEventListener('message', () => {
        received += 1;
        if (received === COUNT) resolve(undefined);
      });
    });
    socket.close();
  });
  return cpu / COUNT;
}

const ours = (level) => new WebSocket(url, { perMessageDeflate: { level, threshold: 0 } });
const theirs = (level) => new Ws(url, { perMessageDeflate: { threshold: 0, zlibDeflateOptions: { level } } });

console.log(`${COUNT} messages of ${Math.round(PLAIN)} bytes on average`);
console.log('\nsending    ours us   bytes  |  ws us   bytes  |  ws / ours');
for (const level of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
  // Once to warm up.
  await send(ours(level));
  const a = await send(ours(level));
  const b = await send(theirs(level));
  const cells = [a.time, a.size, b.time, b.size].map((value) => value.toFixed(0).padStart(8));
  console.log(`level ${level}   ${cells[0]}${cells[1]}  |${cells[2]}${cells[3]}  |   ${(b.time / a.time).toFixed(2)}`);
}
await receive((to) => new WebSocket(to));
const a = await receive((to) => new WebSocket(to));
const b = await receive((to) => new Ws(to));
console.log(`\nreceiving  ours ${a.toFixed(1)} us  |  ws ${b.toFixed(1)} us  |  ws / ours ${(b / a).toFixed(2)}`);
peer.disconnect();
process.exit();
