// The server of the Node part, in a process of its own: raw TCP, frames made in advance, and no work that it could spare,
// so that it isn't what limits a client. The query of a client's URL says what it does:
//
//   job=give   sends `count` messages once the client has sent one
//              with `paced` it sends one at a time, with pauses in which the client reads it
//   job=burst  sends one message to each connection of the same `group`, whenever one of them has sent one
//   job=take   reads `count` messages, then sends one: 'right', or what was wrong with them
//   job=echo   sends back what it gets
//   job=idle   nothing
//
// With `verify` it compares what it reads. With `deflate` it agrees to permessage-deflate.
import net from 'node:net';
import { constants, createDeflateRaw, inflateRawSync } from 'node:zlib';
import { frame, header } from '../../tests/support/servers/frame.js';
import { acceptance } from '../../tests/support/servers/raw.js';
import { serve } from '../harness/worker.js';
import { FrameReader } from './frames.js';
import { payloads } from './payloads.js';

const TEXT = 0x81;
const BINARY = 0x82;
const COMPRESSED = 0x40;

/** The least size of what is written at once, in bytes. */
const WRITE = 1024 * 1024;

/** Between paced messages, in milliseconds: longer than any client takes for one. */
const PAUSE = 0.06;

/** Ends a block of DEFLATE, and is left out on the wire (RFC 7692 7.2.1). */
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

/** @typedef {ReturnType<typeof jobOf>} Job */

function jobOf(request) {
  const query = new URL(/^GET (\S+)/.exec(request)?.[1] ?? '/', 'ws://localhost').searchParams;
  const number = (name) => Number(query.get(name) ?? 0);
  const kind = /** @type {import('./payloads.js').Load['kind']} */ (query.get('kind') ?? 'text');
  return {
    name: query.get('job') ?? '',
    load: { kind, size: number('size') },
    count: number('count'),
    deflate: query.has('deflate'),
    verify: query.has('verify'),
    paced: query.has('paced'),
    group: query.get('group') ?? '',
  };
}

/** One frame for each payload. @param {Job} job */
async function framesOf({ load, deflate }) {
  const first = load.kind === 'binary' ? BINARY : TEXT;
  const all = payloads(load).map((payload) => Buffer.from(/** @type {any} */ (payload)));
  if (!deflate) return all.map((bytes) => frame(first, bytes));
  return (await compressed(all)).map((bytes) => frame(first | COMPRESSED, bytes));
}

/**
 * By one compressor: each refers to those before it, and none to anything before the first. So all of them may be sent
 * several times.
 */
async function compressed(all) {
  const deflate = createDeflateRaw();
  const results = [];
  for (const bytes of all) {
    deflate.write(bytes);
    await new Promise((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, () => resolve(undefined)));
    results.push(deflate.read().subarray(0, -TAIL.length));
  }
  deflate.close();
  return results;
}

/** Blocks of frames that were made before, by what they hold. @type {Map<string, Promise<Buffer[]>>} */
const made = new Map();

/**
 * What `give` writes: blocks of `count` frames in all, the given ones again and again. Most of the blocks are the same.
 * @param {Job} job
 */
async function blocksOf(job) {
  const frames = await framesOf(job);
  const times = Math.max(1, Math.floor(WRITE / frames.reduce((sum, { length }) => sum + length, 0)));
  const many = Array(times).fill(frames).flat();
  const block = Buffer.concat(many);
  const blocks = Array(Math.floor(job.count / many.length)).fill(block);
  return [...blocks, Buffer.concat(many.slice(0, job.count % many.length))];
}

/** Writes with one block ahead of what the kernel has taken. */
async function give(socket, blocks) {
  let last = Promise.resolve();
  for (const block of blocks) {
    // Called with an error once the client has gone.
    const written = new Promise((resolve) => socket.write(block, () => resolve(undefined)));
    await last;
    last = written;
  }
}

/** Takes all of a processor: no timer is as fine. */
function pace(socket, bytes, count) {
  let next = performance.now();
  for (let sent = 0; sent < count; sent += 1) {
    while (performance.now() < next);
    socket.write(bytes);
    next = performance.now() + PAUSE;
  }
}

/**
 * Compares the messages with those that are expected.
 * @param {Job} job
 */
function comparison({ load, verify }) {
  const expected = payloads(load).map((payload) => Buffer.from(/** @type {any} */ (payload)));
  const deflated = { got: [], expected: [] };
  let count = 0;
  let wrong = '';
  return {
    /** @param {import('./frames.js').Message} message */
    add: ({ length, isCompressed, pieces }) => {
      const bytes = expected[count % expected.length];
      count += 1;
      if (isCompressed) {
        deflated.got.push(...pieces, TAIL);
        if (verify) deflated.expected.push(bytes);
      } else if (length !== bytes.length || (verify && !Buffer.concat(pieces).equals(bytes))) {
        wrong ||= `message ${count} of ${length} bytes differs`;
      }
      return count;
    },
    /** @returns 'right', or what is wrong */
    verdict: () => {
      if (wrong || !verify) return wrong || 'right';
      const plain = inflateRawSync(Buffer.concat(deflated.got), { finishFlush: constants.Z_SYNC_FLUSH });
      return plain.equals(Buffer.concat(deflated.expected)) ? 'right' : 'a compressed message differs';
    },
  };
}

/** Connections of bursts by their group. @type {Map<string, net.Socket[]>} */
const groups = new Map();

/**
 * What is done with each message of a client.
 * @type {Record<string, (socket: net.Socket, job: Job) => Promise<(message: import('./frames.js').Message) => void>>}
 */
const JOBS = {
  give: async (socket, job) => {
    if (job.paced) {
      const [bytes] = await framesOf(job);
      return () => pace(socket, bytes, job.count);
    }
    const key = JSON.stringify([job.load, job.count, job.deflate]);
    const blocks = await (made.get(key) ?? blocksOf(job));
    made.set(key, Promise.resolve(blocks));
    return () => give(socket, blocks);
  },
  burst: async (socket, job) => {
    const { group } = job;
    const [bytes] = await framesOf(job);
    const sockets = groups.get(group) ?? [];
    groups.set(group, sockets);
    sockets.push(socket);
    socket.once('close', () => groups.delete(group));
    return () => {
      for (const each of sockets) each.write(bytes);
    };
  },
  take: async (socket, job) => {
    const { add, verdict } = comparison(job);
    return (message) => {
      if (add(message) === job.count) socket.write(frame(TEXT, verdict()));
    };
  },
  echo: async (socket) => (message) => {
    socket.write(Buffer.concat([header(TEXT, message.length), ...message.pieces]));
  },
  idle: async () => () => {},
};

async function accept(socket, request) {
  const job = jobOf(request);
  const onMessage = await JOBS[job.name](socket, job);
  const onClose = () => socket.end(frame(0x88, [0x03, 0xe8]));
  const reader = new FrameReader({ onMessage, onClose }, { keeps: job.verify || job.name === 'echo' });
  socket.on('data', (chunk) => reader.read(chunk));
  if (job.deflate && !/permessage-deflate/.test(request)) return socket.destroy();
  socket.write(acceptance(request, ...(job.deflate ? ['Sec-WebSocket-Extensions: permessage-deflate'] : [])));
}

const server = net.createServer({ noDelay: true }, (socket) => {
  let request = '';
  socket.on('error', () => {});
  socket.on('data', function read(chunk) {
    request += chunk.toString('latin1');
    if (!request.endsWith('\r\n\r\n')) return;
    socket.off('data', read);
    accept(socket, request);
  });
});

serve({
  /** @returns the port */
  start: () =>
    new Promise((resolve) => {
      server.listen({ host: '127.0.0.1', port: 0, backlog: 511 }, () =>
        resolve(/** @type {net.AddressInfo} */ (server.address()).port),
      );
    }),
});
