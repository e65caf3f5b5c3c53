// onopen, onmessage, onerror and onclose as event handler IDL attributes of HTML.
import { clause, holds, next, pause, same, shut } from '../harness.js';

const SECTION = 'HTML: event handlers';
const TYPES = ['open', 'message', 'error', 'close'];

/** A clause about a socket that never opens: for most rules on handlers synthetic events suffice. */
async function withSocket(env, use) {
  const socket = env.connect('/never');
  try {
    await use(socket);
  } finally {
    for (const type of TYPES) socket[`on${type}`] = null;
    socket.close();
  }
}

const using = (asserts, use) => clause(SECTION, asserts, (env) => withSocket(env, use));

export default [
  using('each is initially null, and returns the function that was set', (socket) => {
    for (const type of TYPES) {
      const handler = () => {};
      same(socket[`on${type}`], null, type);
      socket[`on${type}`] = handler;
      holds(socket[`on${type}`] === handler, `on${type} returns it`);
    }
  }),
  using('any object is accepted and returned', (socket) => {
    for (const object of [{}, [], new Date(), { handleEvent() {} }, Object.create(null)]) {
      socket.onmessage = object;
      holds(socket.onmessage === object, 'it is returned');
    }
  }),
  using('a value that is not an object sets null', (socket) => {
    for (const value of [1, 'x', true, undefined, null, Symbol('x'), 1n]) {
      socket.onopen = () => {};
      socket.onopen = value;
      same(socket.onopen, null, String(value));
    }
  }),
  using('each is called for events of its type, and of no other', (socket) => {
    const called = [];
    for (const type of TYPES) socket[`on${type}`] = (event) => called.push([type, event.type]);
    for (const type of TYPES) socket.dispatchEvent(new Event(type));
    same(
      called,
      TYPES.map((type) => [type, type]),
    );
  }),
  using('a handler gets the socket as this and the event as its only argument', (socket) => {
    const event = new Event('error');
    let got;
    socket.onerror = function (...args) {
      got = { self: this, args };
    };
    socket.dispatchEvent(event);
    holds(got.self === socket, 'this is the socket');
    same(got.args.length, 1);
    holds(got.args[0] === event, 'the event');
  }),
  using('false as return value cancels a cancelable event', (socket) => {
    socket.onclose = () => false;
    const event = new Event('close', { cancelable: true });
    same(socket.dispatchEvent(event), false);
    same(event.defaultPrevented, true);
  }),
  using('another return value cancels nothing', (socket) => {
    for (const value of [true, undefined, null, 0, '']) {
      let called = false;
      socket.onerror = () => {
        called = true;
        return value;
      };
      const event = new Event('error', { cancelable: true });
      same([socket.dispatchEvent(event), event.defaultPrevented, called], [true, false, true], String(value));
    }
  }),
  using('a handler keeps the position among the listeners at which it was first set', (socket) => {
    const order = [];
    socket.addEventListener('open', () => order.push(1));
    socket.onopen = () => order.push('first');
    socket.addEventListener('open', () => order.push(3));
    socket.onopen = () => order.push('second');
    socket.dispatchEvent(new Event('open'));
    same(order, [1, 'second', 3]);
  }),
  using('a handler that was null in between moves to the end', (socket) => {
    const order = [];
    socket.onopen = () => order.push('handler');
    socket.addEventListener('open', () => order.push('listener'));
    socket.onopen = null;
    socket.onopen = () => order.push('handler');
    socket.dispatchEvent(new Event('open'));
    same(order, ['listener', 'handler']);
  }),
  using('an object that cannot be called keeps the place of the handler', (socket) => {
    const order = [];
    socket.onopen = {};
    socket.addEventListener('open', () => order.push('listener'));
    socket.onopen = () => order.push('handler');
    socket.dispatchEvent(new Event('open'));
    same(order, ['handler', 'listener']);
  }),
  using('handleEvent of an object is not called', (socket) => {
    let called = 0;
    const object = { handleEvent: () => (called += 1) };
    socket.onmessage = object;
    socket.dispatchEvent(new Event('message'));
    same(called, 0);
    socket.addEventListener('message', object);
    socket.dispatchEvent(new Event('message'));
    same(called, 1);
  }),
  using('one function as handler and as listener is called twice', (socket) => {
    let called = 0;
    const count = () => {
      called += 1;
    };
    socket.onopen = count;
    socket.addEventListener('open', count);
    socket.dispatchEvent(new Event('open'));
    same(called, 2);
  }),
  using('removeEventListener does not remove a handler', (socket) => {
    let called = 0;
    const count = () => {
      called += 1;
    };
    socket.onopen = count;
    socket.removeEventListener('open', count);
    socket.dispatchEvent(new Event('open'));
    same(called, 1);
  }),
  using('if an earlier listener replaces a handler, the new one is called', (socket) => {
    const order = [];
    socket.addEventListener('open', () => {
      socket.onopen = () => order.push('new');
    });
    socket.onopen = () => order.push('old');
    socket.dispatchEvent(new Event('open'));
    same(order, ['new']);
  }),
  using('a handler that an earlier listener sets to null is not called', (socket) => {
    const order = [];
    socket.addEventListener('open', () => {
      socket.onopen = null;
    });
    socket.onopen = () => order.push('old');
    socket.onmessage = () => order.push('message');
    socket.addEventListener('open', () => order.push('last'));
    socket.dispatchEvent(new Event('open'));
    socket.dispatchEvent(new Event('message'));
    same(order, ['last', 'message']);
  }),
  using('if a handler replaces itself, the new one is called for the next event', (socket) => {
    const order = [];
    socket.onopen = () => {
      order.push('old');
      socket.onopen = () => order.push('new');
    };
    socket.dispatchEvent(new Event('open'));
    socket.dispatchEvent(new Event('open'));
    same(order, ['old', 'new']);
  }),
  using('a handler that is first set during the dispatch is called for the next event', (socket) => {
    const order = [];
    socket.addEventListener('open', () => {
      socket.onopen = () => order.push('handler');
    });
    socket.dispatchEvent(new Event('open'));
    same(order, []);
    socket.dispatchEvent(new Event('open'));
    same(order, ['handler']);
  }),
  using('stopImmediatePropagation in an earlier listener prevents its call', (socket) => {
    const order = [];
    const stop = (event) => event.stopImmediatePropagation();
    socket.addEventListener('open', stop);
    socket.onopen = () => order.push('handler');
    socket.dispatchEvent(new Event('open'));
    same(order, []);
    socket.removeEventListener('open', stop);
    socket.dispatchEvent(new Event('open'));
    same(order, ['handler']);
  }),
  clause(SECTION, 'handlers of one socket are not those of another', async (env) => {
    await withSocket(env, async (one) => {
      const two = env.connect('/never');
      let called = 0;
      one.onopen = () => {
        called += 1;
      };
      same(two.onopen, null);
      two.dispatchEvent(new Event('open'));
      two.close();
      same(called, 0);
    });
  }),
  clause(SECTION, 'a handler is called for the events of the connection', async (env) => {
    const socket = env.connect('/hello?n=1');
    const types = [];
    for (const type of TYPES) socket[`on${type}`] = (event) => types.push(event.type);
    await next(socket, 'message');
    await shut(socket);
    same(types, ['open', 'message', 'close']);
  }),
  clause(
    SECTION,
    'an exception in a handler is reported, and stops neither listeners nor later events',
    async (env) => {
      const mine = new Error('thrown by a handler');
      const reported = [];
      const report = (event) => {
        if (event.error !== mine) return;
        reported.push(event.error);
        event.preventDefault();
      };
      self.addEventListener('error', report);
      try {
        const socket = env.connect('/hello?n=2');
        const got = [];
        socket.onmessage = () => {
          throw mine;
        };
        socket.addEventListener('message', ({ data }) => got.push(data));
        await next(socket, 'message');
        await next(socket, 'message');
        await shut(socket);
        same(got, ['1', '2']);
        same(reported.length, 2);
      } finally {
        self.removeEventListener('error', report);
      }
    },
    ({ scope }) => scope !== 'node',
  ),
  clause(SECTION, 'an event handler set in a later task than the constructor still gets open', async (env) => {
    const socket = env.connect('/slow?ms=50');
    await pause();
    const { type } = await new Promise((resolve) => {
      socket.onopen = resolve;
    });
    await shut(socket);
    same(type, 'open');
  }),
];
