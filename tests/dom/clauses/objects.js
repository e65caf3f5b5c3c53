// Sockets and their events as JavaScript objects.
import { clause, holds, next, same, shut, throws } from '../harness.js';

const READONLY = ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol'];
const CONSTANTS = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };

/** Deno's CloseEvent is its own, and doesn't conform. */
const exactCloseEvent = () => !('Deno' in globalThis);

/** Calls `use` with a socket, and closes it before returning. */
function closing(env, use) {
  const socket = env.connect('/never');
  try {
    return use(socket);
  } finally {
    socket.close();
  }
}

export default [
  clause('Web IDL: attributes', 'assigning to a readonly attribute in sloppy code changes nothing', (env) => {
    closing(env, (socket) => {
      for (const name of READONLY) {
        const before = socket[name];
        same(Reflect.set(socket, name, 'mine'), false, name);
        same(socket[name], before, name);
        same(delete socket[name], true, name);
        same(socket[name], before, name);
      }
    });
  }),
  clause('Web IDL: constants', 'constants can be neither set, deleted nor redefined', (env) => {
    closing(env, (socket) => {
      for (const [name, value] of Object.entries(CONSTANTS)) {
        for (const object of [env.WebSocket, env.WebSocket.prototype]) {
          same(Reflect.set(object, name, 7), false, `set ${name}`);
          same(Reflect.deleteProperty(object, name), false, `delete ${name}`);
          throws(TypeError, () => Object.defineProperty(object, name, { value: 7 }), `define ${name}`);
          same(object[name], value);
        }
        same(Reflect.set(socket, name, 7), false, `set ${name} of a socket`);
        same(socket[name], value);
      }
    });
  }),
  clause('Web IDL: platform objects', 'a socket may get own properties, even in place of methods', async (env) => {
    const socket = await env.open('/echo');
    const { close } = socket;
    socket.mine = 1;
    socket.close = 5;
    socket.send = 6;
    same([socket.mine, socket.close, socket.send], [1, 5, 6]);
    delete socket.send;
    const message = next(socket, 'message');
    socket.send('x');
    same((await message).data, 'x');
    const closed = next(socket, 'close');
    close.call(socket);
    same((await closed).wasClean, true);
  }),
  clause('Web IDL: attributes', 'an accessor defined on a socket hides that of the prototype', (env) => {
    closing(env, (socket) => {
      Object.defineProperty(socket, 'bufferedAmount', { get: () => 'mine', configurable: true });
      same(socket.bufferedAmount, 'mine');
      delete socket.bufferedAmount;
      same(socket.bufferedAmount, 0);
    });
  }),
  clause('Web IDL: attributes', 'a handler setter called without a value sets null', (env) => {
    closing(env, (socket) => {
      socket.onopen = () => {};
      Object.getOwnPropertyDescriptor(env.WebSocket.prototype, 'onopen').set.call(socket);
      same(socket.onopen, null);
    });
  }),
  clause(
    'Web IDL: interface object',
    "a new socket's prototype is new.target's",
    (env) => {
      // A bound function has no prototype property, so that any value can be defined.
      const Target = class {}.bind();
      Target.prototype = { mine: true };
      const args = env.wire === 'platform' ? [env.server()] : [env.server(), env.options()];
      const socket = Reflect.construct(env.WebSocket, args, Target);
      env.WebSocket.prototype.close.call(socket);
      holds(Object.getPrototypeOf(socket) === Target.prototype, 'the prototype');
    },
    // Node recognises EventTargets by their prototype.
    ({ scope }) => scope !== 'node',
  ),
  clause('Web IDL: interface object', 'a subclass may change the arguments that it passes to super', async (env) => {
    const args = env.wire === 'platform' ? [] : [env.options()];
    class Mine extends env.WebSocket {
      #sent = 0;
      constructor(path) {
        super(env.server(path), ...args);
        this.addEventListener('open', () => this.send('hello'));
      }
      send(data) {
        this.#sent += 1;
        super.send(data);
      }
      get sent() {
        return this.#sent;
      }
    }
    const socket = new Mine('/echo');
    same((await next(socket, 'message')).data, 'hello');
    same(socket.sent, 1);
    await shut(socket);
  }),
  clause(
    'CloseEvent',
    'the constructor of CloseEvent takes the three members, each with a default',
    async (env) => {
      const socket = await env.open('/echo');
      const { constructor: Close } = await shut(socket);
      const members = ({ type, bubbles, code, reason, wasClean }) => [type, bubbles, code, reason, wasClean];
      same(members(new Close('x')), ['x', false, 0, '', false]);
      const init = { code: 65_536 + 4000, reason: 'ü', wasClean: 1, bubbles: true };
      same(members(new Close('y', init)), ['y', true, 4000, 'ü', true]);
      throws(TypeError, () => new Close(), 'without type');
      throws(TypeError, () => Close('x'), 'without new');
      holds(!('initCloseEvent' in Close.prototype), 'no initCloseEvent');
      same(Object.prototype.toString.call(new Close('x')), '[object CloseEvent]');
    },
    exactCloseEvent,
  ),
  clause(
    'CloseEvent',
    'the attributes of CloseEvent are readonly accessors of the prototype',
    async (env) => {
      const socket = await env.open('/echo');
      const event = await shut(socket);
      for (const name of ['wasClean', 'code', 'reason']) {
        const { get, set, enumerable } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(event), name);
        same([typeof get, set, enumerable], ['function', undefined, true], name);
      }
    },
    exactCloseEvent,
  ),
  clause(
    'DOM: fire an event',
    "an event's path is the socket alone, and its phase is 0 after the dispatch",
    async (env) => {
      const socket = env.connect('/hello?n=1');
      let path;
      socket.onmessage = (event) => {
        path = event.composedPath();
      };
      const event = await next(socket, 'message');
      await shut(socket);
      holds(path.length === 1 && path[0] === socket, 'the path');
      same([event.eventPhase, event.currentTarget, event.target === socket, event.composed], [0, null, true, false]);
    },
  ),
  clause('Feedback from the protocol', 'close() in an error handler changes nothing', async (env) => {
    const socket = env.connect('/status?code=404');
    const states = [];
    socket.onerror = () => {
      socket.close(3000, 'x');
      states.push(socket.readyState);
    };
    const { code, wasClean } = await next(socket, 'close');
    same([states, code, wasClean], [[3], 1006, false]);
  }),
  clause('Feedback from the protocol', 'a close handler may open a new socket', async (env) => {
    const first = env.connect('/close?code=4000');
    const second = await new Promise((resolve) => {
      first.onclose = () => resolve(env.connect('/echo'));
    });
    await next(second, 'open');
    same([first.readyState, second.readyState], [3, 1]);
    await shut(second);
  }),
];
