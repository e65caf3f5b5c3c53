// Back-pressure: a side that doesn't read holds back the other one, and nothing grows without bound.
import { Arrival, bytesOf } from './bytes.js';
import { equal, ok, settled } from './check.js';
import { next, opened } from './sockets.js';

const KiB = 1024;
const MiB = 1024 * KiB;

/** How much is sent to a server that doesn't read, and how much of it may count as flushed. */
const UP = 96 * MiB;
const MAX_FLUSHED = UP / 2;

/** How much a server sends that isn't read, and how much of it the server may get rid of. */
const DOWN = 128 * MiB;
const MAX_SENT = DOWN / 2;

/** How many bytes a connection that can't be held back may leave unread before it fails. */
const MAX_UNREAD = 100 * MiB;

/** Whether the server was held back, as far as the transport can do that. */
function isBounded(context, sent) {
  return sent < MAX_SENT || context.lacks.has('boundsQueue');
}

/** @type {import('./context.js').Case[]} */
export const flow = [
  {
    title: 'bytes: a server that does not read',
    needs: 'isHeldBack',
    async run(context) {
      const id = context.newId();
      const wire = await context.wire('stall', { id, numbers: [1] });
      let flushed = 0;
      const writing = [];
      for (let at = 0; at < UP; at += MiB) {
        const written = wire.write(bytesOf(1, MiB, at)).then(() => {
          flushed += MiB;
        });
        writing.push(written);
      }
      const held = await settled(() => flushed);
      ok(held < MAX_FLUSHED, `${held / MiB} of ${UP / MiB} MiB counted as flushed`);
      await context.ask(id, 'resume');
      await Promise.all(writing);
      await context.until(id, ({ received }) => received === UP);
      ok((await context.ask(id)).isRight, 'other bytes than were sent');
      wire.destroy();
      return `${held / MiB} MiB`;
    },
  },
  {
    title: 'bytes: a page that does not read',
    async run(context) {
      const id = context.newId();
      const canHold = !context.lacks.has('holdsBackServer');
      // Some relays drop what they have when the server ends.
      const wire = await context.wire('flood', { id, numbers: [2, canHold ? DOWN : 1e12] });
      const arrival = new Arrival(2);
      arrival.add(await wire.next());
      wire.pause();
      if (!canHold) {
        const outcome = await wire.over();
        ok(outcome instanceof Error, 'it delivered everything');
        ok(wire.received < MAX_UNREAD, `${wire.received} bytes were delivered`);
        await context.untilOver(id);
        return /** @type {any} */ (outcome).code;
      }
      const sent = await context.settled(id, 'sent');
      ok(isBounded(context, sent), `the server sent ${sent / MiB} of ${DOWN / MiB} MiB`);
      equal(wire.outcome, undefined, 'outcome');
      ok(!wire.isLeaky, 'bytes were delivered while it was paused');
      wire.resume();
      await wire.receive(arrival, DOWN);
      ok(arrival.isRight, 'other bytes than the server sent');
      wire.destroy();
      return `${Math.round(sent / MiB)} MiB`;
    },
  },
  {
    title: 'WebSocket: a server that does not read',
    needs: 'isHeldBack',
    async run(context) {
      const id = context.newId();
      const socket = await opened(context.socket('stall', { id }));
      for (let at = 0; at < UP; at += MiB) socket.send(bytesOf(3, MiB, at));
      equal(socket.bufferedAmount, UP, 'bufferedAmount at once');
      const waiting = await settled(() => socket.bufferedAmount);
      ok(waiting > UP - MAX_FLUSHED, `bufferedAmount went down to ${waiting}`);
      await context.ask(id, 'resume');
      await context.until(id, ({ received }) => received === UP);
      while (socket.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      socket.close(1000);
      equal((await next(socket, 'close')).wasClean, true, 'wasClean');
      return `${Math.round((UP - waiting) / MiB)} MiB`;
    },
  },
  {
    title: 'WebSocketStream: a page that does not read',
    needs: 'holdsBackServer',
    async run(context) {
      const id = context.newId();
      const { stream, readable, writable } = await context.stream('flood', { id });
      await writable.getWriter().write(`${DOWN / (64 * KiB)}`);
      const reader = readable.getReader();
      let received = (await reader.read()).value.length;
      const sent = await context.settled(id, 'sent');
      ok(isBounded(context, sent), `the server sent ${sent / MiB} of ${DOWN / MiB} MiB`);
      for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
        received += value.length;
      }
      equal(received, DOWN, 'bytes');
      equal((await stream.closed).closeCode, 1000, 'close code');
      return `${Math.round(sent / MiB)} MiB`;
    },
  },
];
