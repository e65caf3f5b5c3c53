// One contender's run of the soak, in a process of its own; prints the figures as JSON. Its arguments: the contender, the
// server's URL, how many sockets, the seed. Node's own `--expose-gc` is needed.
import { setTimeout as delay } from 'node:timers/promises';
import { contenders } from './contenders.js';
import { Figures } from './figures.js';
import { hashOf, lives } from './plan.js';

const [name, url, count, seed] = process.argv.slice(2);
const { connect } = await contenders[name]();

/** The next event, of either class: to Node's `once()`, that of `ws` is an emitter. */
const next = (socket, type) => new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));

const plan = lives(Number(count), Number(seed));

/** Opens a socket. */
async function open(path, compress) {
  const socket = connect(`${url}${path}`, compress);
  socket.binaryType = 'arraybuffer';
  await next(socket, 'open');
  return socket;
}

/** Sends bytes and waits for their echo. */
async function echoed(socket, bytes) {
  socket.send(bytes);
  const { data } = await next(socket, 'message');
  if (hashOf(new Uint8Array(data)) !== hashOf(bytes)) throw new Error('an echo differs');
}

/** One socket's life. */
class Run {
  constructor({ compress, messages, end }) {
    this.compress = compress;
    this.messages = messages;
    this.end = end;
    this.received = 0;
  }

  connect() {
    const abort = this.end === 'abort' ? new AbortController() : undefined;
    this.socket = connect(`${url}${this.end}`, this.compress, abort?.signal);
    this.socket.binaryType = 'arraybuffer';
    this.closed = new Promise((resolve) => {
      this.socket.addEventListener('close', resolve);
    });
    this.socket.addEventListener('error', () => {});
    this.opened = abort ? Promise.resolve() : next(this.socket, 'open');
    // Some while the TCP connection is made, some before.
    if (abort) setTimeout(() => abort.abort(), this.messages.length);
  }

  start() {
    if (this.end === 'abort') return;
    this.done = new Promise((resolve, reject) => {
      this.socket.addEventListener('message', ({ data }) => {
        if (hashOf(new Uint8Array(data)) !== this.messages[this.received].hash) reject(new Error('an echo differs'));
        this.received += 1;
        if (this.received === this.messages.length) resolve(undefined);
        else this.socket.send(this.messages[this.received].bytes);
      });
      this.socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code} before its end`)));
    });
    this.socket.send(this.messages[0].bytes);
  }

  finish() {
    if (this.end !== 'close' && this.end !== 'abort') this.socket.send('end');
    // One that is to be aborted may have been open before.
    if (this.end === 'close' || this.end === 'silent' || this.end === 'abort') this.socket.close(1000);
  }
}

/** All sockets at once. Returns how many echoes came. */
async function crowd(figures) {
  const runs = plan.map((life) => new Run(life));
  await figures.start();
  for (const run of runs) run.connect();
  await Promise.all(runs.map((run) => run.opened));
  await figures.turn('connecting');
  for (const run of runs) run.start();
  await figures.turn('first messages');
  await Promise.all(runs.map((run) => run.done));
  await figures.turn('messages');
  for (const run of runs) run.finish();
  await Promise.all(runs.map((run) => run.closed));
  await figures.turn('closing');
  return { echoes: runs.reduce((sum, { received }) => sum + received, 0) };
}

/** Much is sent to a peer who doesn't read, and given up. */
async function unread(figures) {
  const MiB = new Uint8Array(1024 * 1024).fill(1);
  await figures.start();
  const socket = await open('deaf', false);
  for (let i = 0; i < 200; i += 1) {
    socket.send(MiB);
    await delay(0);
  }
  await figures.turn('200 MiB unread');
  socket.close();
  await next(socket, 'close');
  return {};
}

const figures = new Figures();
const witness = await open('close', true);
await echoed(witness, Buffer.from('first'));
const parts = {};
for (const [part, run] of Object.entries({ crowd, unread })) {
  const counts = await run(figures);
  parts[part] = { ...(await figures.take()), ...counts };
}
await echoed(witness, Buffer.alloc(100_000, 'last'));
witness.close();
await next(witness, 'close');
console.log(JSON.stringify(parts));
process.exit();
