// A connection is given up at each stage, in each way; peers that never come to an end.
import { equal, fails, ok } from './check.js';
import { next, opened } from './sockets.js';
import { connect } from './wire.js';

/** How a socket that is connecting is given up. */
const WAYS = {
  close: (socket) => socket.close(),
  signal: (_, controller) => controller.abort(),
};

/** Gives up a connecting socket, and asserts that it fails with the code of that. */
async function giveUp(context, way, to, wait = () => Promise.resolve()) {
  const controller = new AbortController();
  const socket = context.socket(to.behaviour, { ...to, signal: controller.signal });
  let isOpen = false;
  socket.addEventListener('open', () => {
    isOpen = true;
  });
  await wait();
  const closed = next(socket, 'close');
  WAYS[way](socket, controller);
  const { code, wasClean } = await closed;
  equal(`${code} ${wasClean} ${isOpen}`, '1006 false false', `${way}: close code, wasClean and whether it opened`);
  equal(context.codeOf(socket), 'aborted', `${way}: failure`);
}

/** Asserts that an error says that the attempt was aborted: by the code of this package, or by the platform's name. */
function isAborted(error) {
  ok(error.code === 'aborted' || error.name === 'AbortError', `it failed with ${error}`);
}

/** Asserts that an attempt was aborted; drops the connection if the transport can't do that. */
async function abortedOrDropped(context, connecting) {
  if (context.lacks.has('aborts'))
    await connecting.then(
      (wire) => wire.open().destroy(),
      () => {},
    );
  else isAborted(await fails(connecting, 'the transport'));
}

/** @type {import('./context.js').Case[]} */
export const aborts = [
  {
    title: 'bytes: aborted before connecting',
    async run(context) {
      const { hostname, port } = context.servers;
      const connecting = connect(context.transport, { hostname, port, signal: AbortSignal.abort() });
      await abortedOrDropped(context, connecting);
    },
  },
  {
    title: 'bytes: aborted while connecting',
    async run(context) {
      const { hostname, port, stuck } = context.servers;
      for (const to of [port, stuck]) {
        const controller = new AbortController();
        const connecting = connect(context.transport, { hostname, port: to, signal: controller.signal });
        controller.abort();
        await abortedOrDropped(context, connecting);
      }
      // Later: some relays have connected by then, as far as they say.
      const controller = new AbortController();
      const connecting = connect(context.transport, { hostname, port: stuck, signal: controller.signal });
      await new Promise((resolve) => setTimeout(resolve, 100));
      controller.abort();
      await connecting.then((wire) => wire.destroy(), isAborted);
    },
  },
  {
    title: 'bytes: destroyed',
    async run(context) {
      const silent = context.newId();
      const wire = await context.wire('silent', { id: silent });
      await context.until(silent, ({ isOpen }) => isOpen);
      wire.destroy();
      await context.untilOver(silent);
      equal(wire.outcome, undefined, 'it delivered an end');
      // While bytes flow in.
      const flood = context.newId();
      const flooded = await context.wire('flood', { id: flood, numbers: [1, 1e12] });
      await flooded.next();
      flooded.destroy();
      const { received } = flooded;
      await context.untilOver(flood);
      equal(flooded.received, received, 'it delivered after destroy()');
      equal(flooded.outcome, undefined, 'outcome');
    },
  },
  {
    title: 'WebSocket: given up before connecting',
    async run(context) {
      for (const way of Object.keys(WAYS)) await giveUp(context, way, { behaviour: 'echo' });
    },
  },
  {
    title: 'WebSocket: given up while connecting',
    async run(context) {
      const later = () => new Promise((resolve) => setTimeout(resolve, 100));
      for (const way of Object.keys(WAYS)) {
        await giveUp(context, way, { behaviour: 'echo', port: context.servers.stuck }, later);
      }
    },
  },
  {
    title: 'WebSocket: given up in the handshake',
    async run(context) {
      for (const way of Object.keys(WAYS)) {
        const id = context.newId();
        await giveUp(context, way, { behaviour: 'silent', id }, () => context.until(id, ({ isOpen }) => isOpen));
        await context.untilOver(id);
      }
    },
  },
  {
    title: 'WebSocket: a signal after open',
    async run(context) {
      const controller = new AbortController();
      const socket = await opened(context.socket('echo', { signal: controller.signal }));
      controller.abort();
      const message = next(socket, 'message');
      socket.send('still here');
      equal((await message).data, 'still here');
      socket.close();
      equal((await next(socket, 'close')).wasClean, true, 'wasClean');
    },
  },
  {
    title: 'WebSocket: never connected',
    async run(context) {
      await timesOut(context, 'echo', 'handshake-timeout', { port: context.servers.stuck, handshakeTimeout: 300 });
    },
  },
  {
    title: 'WebSocket: never answered',
    async run(context) {
      // A machine that is busy may not have come to send the request by then.
      for (let handshakeTimeout = 300, isReached = false; !isReached; handshakeTimeout *= 4) {
        const id = context.newId();
        await timesOut(context, 'silent', 'handshake-timeout', { id, handshakeTimeout });
        isReached = (await context.ask(id)).isOpen;
        if (isReached) await context.untilOver(id);
      }
    },
  },
  {
    title: 'WebSocket: an endless header',
    async run(context) {
      const id = context.newId();
      await timesOut(context, 'endless', 'handshake-too-large', { id });
      await context.untilOver(id);
    },
  },
  {
    title: 'WebSocket: a close that is never answered',
    async run(context) {
      const id = context.newId();
      const socket = await opened(context.socket('unanswered', { id, closeTimeout: 300 }));
      socket.close(1000);
      const { code, wasClean } = await next(socket, 'close');
      equal(`${code} ${wasClean}`, '1006 false', 'close code and wasClean');
      equal(context.codeOf(socket), 'close-timeout', 'failure');
      await context.untilOver(id);
    },
  },
];

/** Asserts that a socket never opens, and fails with that code. */
async function timesOut(context, behaviour, failure, options) {
  const socket = context.socket(behaviour, options);
  let isOpen = false;
  socket.addEventListener('open', () => {
    isOpen = true;
  });
  const { code } = await next(socket, 'close');
  ok(!isOpen, 'it opened');
  equal(code, 1006, 'close code');
  equal(context.codeOf(socket), failure, 'failure');
}
