// The memory that messages are received in is shared by sockets and used again: what was delivered never changes, and
// nothing is delivered of another message.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { connectionOf, tcp, WebSocket } from 'websocket-wasm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { frame } from '../support/servers/frame.js';
import { against, startAccepting } from '../support/servers/raw.js';
import { next, until } from './support/sockets.js';

const KiB = 1024;
const PLAIN = { perMessageDeflate: false };

/** Pseudorandom numbers from a seed: the same in each run. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Sizes on both sides of each limit: of buffers, of copies, of memory that is used again. */
const SIZES = [0, 1, 16, 125, 126, 1_000, 1_024, 4_000, 4_096, 5_000, 64 * KiB, 64 * KiB + 1, 200 * KiB, 1_100 * KiB];

/** A message whose content differs from all others'. */
function payload(pick, index) {
  const size = SIZES[pick(SIZES.length)];
  const isText = pick(2) === 0;
  const characters = pick(2) === 0 ? 'abcdefghij' : 'äbcdefghij';
  const word = `${index}:${characters}`;
  if (isText) return word.repeat(Math.ceil(size / word.length)).slice(0, size);
  return Buffer.alloc(size, `${index}${'x'.repeat(index % 7)}`);
}

/** A message as frames: one, or several with a Ping between two of them. */
function frames(pick, data) {
  const bytes = Buffer.from(data);
  const opcode = typeof data === 'string' ? 1 : 2;
  if (pick(4) > 0) return frame(0x80 | opcode, bytes);
  const cut = pick(bytes.length + 1);
  return Buffer.concat([frame(opcode, bytes.subarray(0, cut)), frame(0x89, 'ping'), frame(0x80, bytes.subarray(cut))]);
}

const digest = (data) => {
  const bytes = typeof data === 'string' ? Buffer.from(data) : Buffer.from(data);
  return `${typeof data} ${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
};

test('messages of all sizes on several sockets, read and kept, are those that were sent', async () => {
  const COUNT = 150;
  const SOCKETS = 4;
  const sent = Array.from({ length: SOCKETS }, (_, i) => {
    const pick = random(i + 1);
    return Array.from({ length: COUNT }, (_, at) => payload(pick, i * COUNT + at));
  });
  let connections = 0;
  const server = await startAccepting((socket) => {
    const pick = random(100 + connections);
    const bytes = Buffer.concat(sent[connections].map((data) => frames(pick, data)));
    connections += 1;
    // In pieces of all sizes, so that the sockets read in turns.
    let at = 0;
    const write = () => {
      if (at >= bytes.length || socket.destroyed) return;
      const end = at + 1 + pick(pick(3) === 0 ? 500 : 300 * KiB);
      socket.write(bytes.subarray(at, end), () => setImmediate(write));
      at = end;
    };
    write();
  });
  try {
    const received = [];
    for (let i = 0; i < SOCKETS; i += 1) {
      const socket = new WebSocket(server.url, PLAIN);
      socket.binaryType = 'arraybuffer';
      received.push([]);
      socket.addEventListener('message', ({ data }) => received[i].push(data));
      await next(socket, 'open');
    }
    await until(() => received.every(({ length }) => length === COUNT));
    // Only now: all of them were kept while others were received.
    for (const [i, messages] of received.entries()) assert.deepEqual(messages.map(digest), sent[i].map(digest));
  } finally {
    await server.close();
  }
});

test('messages that wait for a slow reader are not overwritten by those of other sockets', async () => {
  const sent = Array.from({ length: 60 }, (_, i) => `${i} `.repeat(400 * (1 + (i % 9))));
  const write = (socket) => socket.write(Buffer.concat(sent.map((text) => frame(0x81, text))));
  await against(write, async (url) => {
    const slow = new WebSocketStream(url);
    const { readable } = await slow.opened;
    const reader = readable.getReader();
    for (const text of sent) {
      const other = new WebSocket(url, PLAIN);
      let count = 0;
      other.addEventListener('message', () => {
        count += 1;
      });
      assert.equal((await reader.read()).value, text);
      await until(() => count === sent.length);
      other.close();
    }
    slow.close();
  });
});

/** Writes messages of several MiB and short ones, one piece after the other. */
const LARGE = Array.from({ length: 8 }, (_, i) => Buffer.alloc(i % 4 === 3 ? 10 : 2_500 * KiB + i, `${i}.`));

async function writeLarge(socket) {
  const bytes = Buffer.concat(LARGE.map((data) => frame(0x82, data)));
  const pick = random(7);
  for (let at = 0; at < bytes.length && !socket.destroyed; ) {
    const end = at + 1 + pick(pick(2) === 0 ? 2 * KiB : 900 * KiB);
    const piece = bytes.subarray(at, end);
    await new Promise((resolve) => socket.write(piece, () => setImmediate(resolve)));
    at = end;
  }
}

test("the buffer of a large message is the listener's, which may transfer or overwrite it at once", async () => {
  await against(writeLarge, async (url) => {
    const received = [];
    const socket = new WebSocket(url, PLAIN);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => {
      received.push(digest(data));
      if (received.length % 2 === 0) new Uint8Array(data).fill(0xff);
      else structuredClone(data, { transfer: [data] });
    });
    await until(() => received.length === LARGE.length);
    assert.deepEqual(received, LARGE.map(digest));
    socket.close();
  });
});

test('large messages for a slow reader, which holds back the server, are those that were sent', async () => {
  await against(writeLarge, async (url) => {
    const socket = new WebSocketStream(url);
    const { readable } = await socket.opened;
    const received = [];
    for await (const data of readable) {
      received.push(digest(data));
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (received.length === LARGE.length) break;
    }
    assert.deepEqual(received, LARGE.map(digest));
    socket.close();
  });
});

test('a large message in fragments with pings between them is the one that was sent', async () => {
  const data = LARGE[0];
  const cuts = [0, 1_200 * KiB, 1_200 * KiB + 3, 2_000 * KiB, data.length];
  const fragments = cuts.slice(1).map((end, i) => {
    const isLast = end === data.length;
    return frame((isLast ? 0x80 : 0) | (i === 0 ? 2 : 0), data.subarray(cuts[i], end));
  });
  const write = async (socket) => {
    for (const fragment of fragments) {
      socket.write(Buffer.concat([frame(0x89, 'ping'), fragment]));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await against(write, async (url) => {
    const socket = new WebSocket(url, PLAIN);
    socket.binaryType = 'arraybuffer';
    const { data: received } = await next(socket, 'message');
    assert.equal(digest(received), digest(data));
    socket.close();
  });
});

test("a chunk of tcp's link belongs to a user's sink", async () => {
  const sent = Array.from({ length: 300 }, (_, i) => `${i};`.repeat(100));
  const chunks = [];
  const copies = [];
  const transport = async (target) => {
    const link = await tcp(target);
    return {
      open: (sink) =>
        link.open({
          data: (chunk) => {
            chunks.push(chunk);
            copies.push(Buffer.from(chunk));
            sink.data(chunk);
          },
          end: () => sink.end(),
          fail: (error) => sink.fail(error),
        }),
      write: (chunk, flushed) => link.write(chunk, flushed),
      pause: () => link.pause(),
      resume: () => link.resume(),
      end: () => link.end(),
      destroy: () => link.destroy(),
    };
  };
  const write = async (socket) => {
    for (const text of sent) await new Promise((resolve) => socket.write(frame(0x81, text), resolve));
  };
  await against(write, async (url) => {
    const received = [];
    const socket = new WebSocket(url, { ...PLAIN, transport });
    socket.addEventListener('message', ({ data }) => received.push(data));
    await until(() => received.length === sent.length);
    assert.deepEqual(received, sent);
    assert.ok(chunks.length > 1);
    for (const [i, chunk] of chunks.entries()) assert.deepEqual(Buffer.from(chunk), copies[i]);
    assert.equal(connectionOf(socket).failure, undefined);
    socket.close();
  });
});
