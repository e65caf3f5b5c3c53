// How connections begin and end: refused, ended by either side, reset.
import { Arrival, bytesOf } from './bytes.js';
import { equal, fails, ok } from './check.js';
import { next, opened, shut } from './sockets.js';
import { connect } from './wire.js';

const KiB = 1024;

/** The outcome of a connection to a port on which nothing listens, or to a name that nobody has. */
async function outcomeOf(context, to) {
  const wire = (await connect(context.transport, to)).open();
  // Some relays connect only when there is something to send.
  wire.say('BYTES echo none\n');
  return wire.over();
}

/** @type {import('./context.js').Case[]} */
export const ends = [
  {
    title: 'bytes: refused',
    async run(context) {
      const { hostname, refused: port } = context.servers;
      if (!context.lacks.has('reportsRefused')) {
        const { code } = await fails(connect(context.transport, { hostname, port }), 'the transport');
        return code;
      }
      // Whichever way: by a failure, or by an end without a byte.
      const outcome = await outcomeOf(context, { hostname, port }).catch((error) => error);
      ok(outcome === 'end' || outcome instanceof Error, 'it neither failed nor ended');
      return outcome.code;
    },
  },
  {
    title: 'bytes: no such host',
    async run(context) {
      const to = { hostname: 'nowhere.invalid', port: context.servers.port };
      if (!context.lacks.has('reportsRefused')) {
        const { code } = await fails(connect(context.transport, to), 'the transport');
        return code;
      }
      const outcome = await outcomeOf(context, to).catch((error) => error);
      ok(outcome === 'end' || outcome instanceof Error, 'it neither failed nor ended');
      return outcome.code;
    },
  },
  {
    title: 'bytes: the server ends',
    async run(context) {
      const length = 300 * KiB;
      const wait = context.lacks.has('lastBytes') ? 1 : 0;
      const wire = await context.wire('source', { numbers: [6, length, wait] });
      const arrival = new Arrival(6);
      await wire.receive(arrival, length);
      ok(arrival.isRight, 'other bytes than the server sent');
      if (wait) wire.say('!');
      equal(await wire.over(), 'end', 'outcome');
      wire.destroy();
    },
  },
  {
    title: 'bytes: the server ends, and we go on',
    needs: 'sendsAfterEnd',
    async run(context) {
      const id = context.newId();
      const wire = await context.wire('source', { id, numbers: [7, 1, 0] });
      equal(await wire.over(), 'end', 'outcome');
      const bytes = bytesOf(7, 100 * KiB);
      await wire.write(bytes);
      wire.end();
      await context.until(id, ({ received, isOver }) => isOver && received === bytes.length);
      ok((await context.ask(id)).isRight, 'other bytes than were sent');
    },
  },
  {
    title: 'bytes: we end',
    async run(context) {
      const id = context.newId();
      const wire = await context.wire('sink', { id, numbers: [8] });
      const bytes = bytesOf(8, 300 * KiB);
      const written = wire.write(bytes);
      if (context.lacks.has('lastBytes')) {
        await context.until(id, ({ received }) => received === bytes.length);
      } else {
        // Ending doesn't drop what was written before it.
        void written;
      }
      wire.end();
      await context.untilOver(id);
      const { received, isRight } = await context.ask(id);
      equal(received, bytes.length, 'bytes at the server');
      ok(isRight, 'other bytes than were sent');
      await wire.over();
    },
  },
  {
    title: 'bytes: we end, and the server goes on',
    needs: 'halfClose',
    async run(context) {
      const wire = await context.wire('sink', { numbers: [9] });
      wire.write(bytesOf(9, 100 * KiB));
      wire.end();
      equal(await wire.text(), `${100 * KiB} true`, 'the last words of the server');
    },
  },
  {
    title: 'bytes: reset',
    async run(context) {
      const id = context.newId();
      const wire = await context.wire('reset', { id });
      await wire.next();
      wire.say('?');
      const outcome = await wire.over();
      if (context.lacks.has('reportsReset')) ok(outcome === 'end' || outcome instanceof Error, 'it never ended');
      else ok(outcome instanceof Error, `the outcome is ${outcome}`);
      await context.untilOver(id);
    },
  },
  {
    title: 'WebSocket: refused',
    async run(context) {
      const socket = context.socket('echo', { port: context.servers.refused });
      let errors = 0;
      socket.addEventListener('error', () => {
        errors += 1;
      });
      const { code, wasClean } = await next(socket, 'close');
      equal(`${code} ${wasClean} ${errors}`, '1006 false 1', 'close code, wasClean and errors');
      ok(context.codeOf(socket), 'it has no failure');
    },
  },
  {
    title: 'WebSocket: each side closes',
    async run(context) {
      const id = context.newId();
      const ours = await opened(context.socket('echo', { id }));
      const { code, wasClean } = await shut(ours);
      equal(`${code} ${wasClean}`, '1000 true', 'our close');
      await context.untilOver(id);
      const theirs = await opened(context.socket('closes'));
      theirs.send('enough?');
      const event = await next(theirs, 'close');
      equal(`${event.code} ${event.reason} ${event.wasClean}`, '4321 enough true', "the server's close");
    },
  },
  {
    title: 'WebSocket: dropped and reset',
    async run(context) {
      for (const behaviour of ['drops', 'resets']) {
        const id = context.newId();
        const socket = await opened(context.socket(behaviour, { id }));
        socket.send('go');
        const { code, wasClean } = await next(socket, 'close');
        equal(`${code} ${wasClean}`, '1006 false', behaviour);
        ok(context.codeOf(socket), 'it has no failure');
        await context.untilOver(id);
      }
    },
  },
];
