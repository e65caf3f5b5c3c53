// Bytes and messages arrive as they were sent.
import { Arrival, bytesOf, partsOf } from './bytes.js';
import { equal, ok } from './check.js';
import { echoed, opened, shut } from './sockets.js';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Sizes at the borders of WebSocket's length forms, of relays' messages, and large ones. */
const SIZES = [0, 1, 125, 126, 64 * KiB - 1, 64 * KiB, 64 * KiB + 1, MiB, 16 * MiB];

/** @type {import('./context.js').Case[]} */
export const data = [
  {
    title: 'bytes: echo of each size',
    async run(context) {
      const wire = await context.wire('echo');
      const arrival = new Arrival(1);
      let sent = 0;
      for (const size of SIZES) {
        if (size > 0) wire.write(bytesOf(1, size, sent));
        sent += size;
        await wire.receive(arrival, sent);
      }
      ok(arrival.isRight, 'the bytes came back changed');
      wire.destroy();
    },
  },
  {
    title: 'bytes: any boundaries',
    async run(context) {
      const length = 2 * MiB;
      const wire = await context.wire('echo');
      const arrival = new Arrival(2);
      let at = 0;
      for (const part of partsOf(length, 5)) {
        const written = wire.write(bytesOf(2, part, at));
        at += part;
        if (part > 10_000) await written;
      }
      await wire.receive(arrival, length);
      ok(arrival.isRight, 'the bytes came back changed');
      wire.destroy();

      const received = new Arrival(3);
      const from = await context.wire('source', { numbers: [3, length, 1] });
      await from.receive(received, length);
      ok(received.isRight, 'other bytes than the server sent');
      from.destroy();
    },
  },
  {
    title: 'bytes: 200 at once',
    async run(context) {
      const length = 20 * KiB;
      const exchange = async (seed) => {
        const wire = await context.wire('echo');
        const arrival = new Arrival(seed);
        wire.write(bytesOf(seed, length));
        await wire.receive(arrival, length);
        return { wire, isRight: arrival.isRight };
      };
      const all = await Promise.all(Array.from({ length: 200 }, (_, seed) => exchange(seed)));
      equal(all.filter(({ isRight }) => isRight).length, 200, 'connections with their own bytes');
      for (const { wire } of all) wire.destroy();
    },
  },
  {
    title: 'WebSocket: echo of each size',
    async run(context) {
      const socket = await opened(context.socket('echo'));
      for (const size of SIZES) {
        const bytes = bytesOf(4, size);
        const arrival = new Arrival(4);
        arrival.add(new Uint8Array(await echoed(socket, bytes)));
        equal(arrival.count, size, 'bytes');
        ok(arrival.isRight, `${size} bytes came back changed`);
        const text = textOf(size);
        ok((await echoed(socket, text)) === text, `text of ${size} bytes came back changed`);
      }
      equal((await shut(socket)).wasClean, true, 'wasClean');
    },
  },
  {
    title: 'WebSocket: 200 at once',
    async run(context) {
      const exchange = async (number) => {
        const socket = await opened(context.socket('echo'));
        equal(await echoed(socket, `${number}`), `${number}`);
        return socket;
      };
      const all = await Promise.all(Array.from({ length: 200 }, (_, number) => exchange(number)));
      const ends = await Promise.all(all.map(shut));
      equal(ends.filter(({ wasClean }) => wasClean).length, 200, 'clean ends');
    },
  },
  {
    title: 'wss: is encrypted to the host',
    needs: 'wss',
    async run(context) {
      const socket = await opened(context.socket('echo', { scheme: 'wss', tls: { ca: context.servers.ca } }));
      const text = textOf(300 * KiB);
      ok((await echoed(socket, text)) === text, 'the text came back changed');
      equal((await shut(socket)).wasClean, true, 'wasClean');
    },
  },
  {
    title: 'wss: with another certificate fails',
    async run(context) {
      const socket = context.socket('echo', { scheme: 'wss' });
      const { code } = await new Promise((resolve) => socket.addEventListener('close', resolve));
      equal(code, 1006, 'close code');
      ok(/^(tls|transport-not-encrypted)/.test(context.codeOf(socket)), `it failed with ${context.codeOf(socket)}`);
    },
  },
];

/** Text of that many bytes of UTF-8, with characters of each length if they fit. */
function textOf(size) {
  const long = 'ä€𐍈';
  const bytes = 9;
  return size < bytes
    ? 'x'.repeat(size)
    : `${long}${'x'.repeat(size - 2 * bytes < 0 ? size - bytes : size - 2 * bytes)}${size < 2 * bytes ? '' : long}`;
}
