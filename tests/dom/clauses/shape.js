// The shape of the class: constructor, prototype, constants, attributes and methods.
import { clause, holds, next, same, shut, throws } from '../harness.js';

const CONSTANTS = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
const READONLY = ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol'];
const SETTABLE = ['onopen', 'onerror', 'onclose', 'onmessage', 'binaryType'];
const METHODS = ['close', 'send'];

const describe = Object.getOwnPropertyDescriptor;
const flags = ({ enumerable, writable, configurable }) => ({ enumerable, writable, configurable });
const second = (env) => (env.wire === 'platform' ? [] : env.options());

/** Calls `use` with a socket, and closes it before returning. */
function closing(env, use, Class = env.WebSocket) {
  const socket = new Class(env.server(), second(env));
  try {
    return use(socket);
  } finally {
    socket.close();
  }
}

export default [
  clause('Interface definition', 'the constructor has length 1 and the name WebSocket', ({ WebSocket }) => {
    same(WebSocket.length, 1, 'length');
    same(WebSocket.name, 'WebSocket', 'name');
  }),
  clause('Interface definition', 'send has length 1 and close length 0', ({ WebSocket: { prototype } }) => {
    same(prototype.send.length, 1, 'send');
    same(prototype.close.length, 0, 'close');
    same(prototype.send.name, 'send');
    same(prototype.close.name, 'close');
  }),
  clause('Web IDL: constants', 'the constructor has the four constants, enumerable and fixed', ({ WebSocket }) => {
    for (const [name, value] of Object.entries(CONSTANTS)) {
      const due = { value, writable: false, enumerable: true, configurable: false };
      same(flags(describe(WebSocket, name)), flags(due), name);
      same(WebSocket[name], value, name);
    }
  }),
  clause(
    'Web IDL: constants',
    'the prototype has the four constants, enumerable and fixed',
    ({ WebSocket: { prototype } }) => {
      for (const [name, value] of Object.entries(CONSTANTS)) {
        const due = { value, writable: false, enumerable: true, configurable: false };
        same(flags(describe(prototype, name)), flags(due), name);
        same(prototype[name], value, name);
      }
    },
  ),
  clause(
    'Web IDL: attributes',
    'each attribute is an enumerable, configurable accessor of the prototype',
    ({ WebSocket }) => {
      for (const name of [...READONLY, ...SETTABLE]) {
        const { get, enumerable, configurable } = describe(WebSocket.prototype, name);
        same([typeof get, enumerable, configurable], ['function', true, true], name);
      }
    },
  ),
  clause('Web IDL: attributes', 'readonly attributes have no setter', ({ WebSocket: { prototype } }) => {
    for (const name of READONLY) {
      const descriptor = describe(prototype, name);
      holds('set' in descriptor && descriptor.set === undefined, `${name} has no setter`);
    }
  }),
  clause(
    'Web IDL: attributes',
    'a setter or method of another object is a TypeError, before it converts anything',
    (env) => {
      const { prototype } = env.WebSocket;
      let converted = 0;
      const argument = {
        toString() {
          converted += 1;
          return '';
        },
        valueOf() {
          converted += 1;
          return 1000;
        },
      };
      for (const other of [{}, Object.create(prototype), new EventTarget()]) {
        for (const name of SETTABLE) {
          throws(TypeError, () => describe(prototype, name).set.call(other, argument), name);
        }
        for (const name of METHODS) throws(TypeError, () => prototype[name].call(other, argument, argument), name);
      }
      same(converted, 0);
    },
  ),
  clause('Web IDL: attributes', 'assigning to a readonly attribute throws a TypeError in strict code', (env) => {
    closing(env, (socket) => {
      for (const name of READONLY) {
        throws(
          TypeError,
          () => {
            socket[name] = 1;
          },
          name,
        );
      }
    });
  }),
  clause('Web IDL: attributes', 'getters are named "get x", with length 0', ({ WebSocket: { prototype } }) => {
    for (const name of [...READONLY, ...SETTABLE]) {
      const { get } = describe(prototype, name);
      same([get.name, get.length], [`get ${name}`, 0]);
    }
  }),
  clause('Web IDL: attributes', 'setters are named "set x", with length 1', ({ WebSocket: { prototype } }) => {
    for (const name of SETTABLE) {
      const { set } = describe(prototype, name);
      same([set.name, set.length], [`set ${name}`, 1]);
    }
  }),
  clause('Web IDL: attributes', 'a getter throws a TypeError on any other object', ({ WebSocket: { prototype } }) => {
    for (const name of [...READONLY, ...SETTABLE]) {
      const { get } = describe(prototype, name);
      for (const other of [{}, prototype, new EventTarget(), undefined, 1]) {
        throws(TypeError, () => get.call(other), name);
      }
    }
  }),
  clause('Web IDL: attributes', 'a setter throws a TypeError on any other object', ({ WebSocket: { prototype } }) => {
    for (const name of SETTABLE) {
      const { set } = describe(prototype, name);
      for (const other of [{}, prototype, new EventTarget(), undefined, 1]) {
        throws(TypeError, () => set.call(other, 'blob'), name);
      }
    }
  }),
  clause('Web IDL: operations', 'a method throws a TypeError on any other object', ({ WebSocket: { prototype } }) => {
    for (const name of METHODS) {
      for (const other of [{}, prototype, new EventTarget(), undefined, 1]) {
        throws(TypeError, () => prototype[name].call(other), name);
      }
    }
  }),
  clause('Web IDL: attributes', 'an object that inherits from a socket is not a socket', (env) => {
    closing(env, (socket) => {
      throws(TypeError, () => Object.create(socket).readyState, 'readyState');
      throws(TypeError, () => Object.create(socket).close(), 'close');
    });
  }),
  clause('Web IDL: operations', 'methods are enumerable, writable and configurable', ({ WebSocket: { prototype } }) => {
    for (const name of METHODS) {
      same(flags(describe(prototype, name)), { enumerable: true, writable: true, configurable: true }, name);
    }
  }),
  clause('Web IDL: operations', 'methods and accessors are not constructors', ({ WebSocket: { prototype } }) => {
    const { get, set } = describe(prototype, 'onopen');
    for (const method of [prototype.send, prototype.close, get, set]) {
      holds(!Object.hasOwn(method, 'prototype'), `${method.name} has no prototype`);
      throws(TypeError, () => Reflect.construct(Object, [], method), `new ${method.name}`);
    }
  }),
  clause('Web IDL: class string', 'Symbol.toStringTag is "WebSocket", of the prototype', ({ WebSocket }) => {
    const descriptor = describe(WebSocket.prototype, Symbol.toStringTag);
    same(descriptor.value, 'WebSocket');
    same(flags(descriptor), { enumerable: false, writable: false, configurable: true });
  }),
  clause('Web IDL: class string', 'Object.prototype.toString returns [object WebSocket]', (env) => {
    closing(env, (socket) => same(Object.prototype.toString.call(socket), '[object WebSocket]'));
  }),
  clause('Web IDL: platform objects', 'a socket has no own properties', (env) => {
    // Node's EventTarget keeps its state in symbols of the object.
    const due = Reflect.ownKeys(new EventTarget()).map(String);
    closing(env, (socket) => same(Reflect.ownKeys(socket).map(String), due));
  }),
  clause(
    'Interface definition',
    'the prototype has exactly the names of the standard',
    ({ WebSocket: { prototype }, scope, wire }) => {
      const due = ['constructor', ...Object.keys(CONSTANTS), ...READONLY, ...SETTABLE, ...METHODS];
      same(Object.getOwnPropertyNames(prototype).sort(), due.sort());
      // The one thing more, in Node and Bun only: what console.log() asks for.
      const inspected = scope === 'node' && wire !== 'platform' && !('Deno' in globalThis);
      const symbols = inspected ? [Symbol.toStringTag, Symbol.for('nodejs.util.inspect.custom')] : [Symbol.toStringTag];
      same(Object.getOwnPropertySymbols(prototype).map(String), symbols.map(String));
      for (const symbol of symbols)
        holds(!describe(prototype, symbol).enumerable, `${String(symbol)} isn't enumerable`);
    },
  ),
  clause('Interface definition', 'the constructor has exactly the names of the standard', ({ WebSocket }) => {
    const due = [...Object.keys(CONSTANTS), 'length', 'name', 'prototype'];
    same(Reflect.ownKeys(WebSocket).map(String).sort(), due.sort());
  }),
  clause('Interface definition', 'for-in over a socket yields all enumerable names', (env) => {
    closing(env, (socket) => {
      const names = [];
      for (const name in socket) names.push(name);
      for (const name of [...Object.keys(CONSTANTS), ...READONLY, ...SETTABLE, ...METHODS]) {
        holds(names.includes(name), `${name} is enumerated`);
      }
      holds(!names.includes('constructor'), 'constructor is not enumerated');
    });
  }),
  clause('Interface definition', 'the interface inherits from EventTarget', ({ WebSocket }) => {
    holds(Object.getPrototypeOf(WebSocket) === EventTarget, 'the constructor inherits from EventTarget');
    const inherited = Object.getPrototypeOf(WebSocket.prototype);
    holds(inherited === EventTarget.prototype, 'the prototype inherits from EventTarget.prototype');
    holds(WebSocket.prototype.constructor === WebSocket, 'constructor of the prototype');
    same(describe(WebSocket.prototype, 'constructor').enumerable, false, 'constructor enumerable');
  }),
  clause('Web IDL: interface object', 'its prototype property is fixed', ({ WebSocket }) => {
    const due = { enumerable: false, writable: false, configurable: false };
    same(flags(describe(WebSocket, 'prototype')), due);
  }),
  clause('Web IDL: interface object', 'calling it without new throws a TypeError', ({ WebSocket, server }) => {
    throws(TypeError, () => WebSocket(server()), 'WebSocket()');
    throws(TypeError, () => WebSocket.call({}, server()), 'WebSocket.call()');
  }),
  clause('Web IDL: interface object', 'an instance of a subclass is a socket of that class', (env) => {
    class Mine extends env.WebSocket {
      get more() {
        return `${this.readyState}`;
      }
    }
    closing(
      env,
      (socket) => {
        holds(socket instanceof Mine && socket instanceof env.WebSocket, 'instance of both');
        holds(socket instanceof EventTarget, 'instance of EventTarget');
        holds(Object.getPrototypeOf(socket) === Mine.prototype, 'its prototype is the subclass');
        same(socket.more, '0');
      },
      Mine,
    );
  }),
  clause('Web IDL: operations', 'a subclass may override send and call the inherited one', async (env) => {
    class Mine extends env.WebSocket {
      send(data) {
        super.send(`<${data}>`);
      }
    }
    const socket = new Mine(env.server(), second(env));
    await next(socket, 'open');
    const message = next(socket, 'message');
    socket.send('x');
    same((await message).data, '<x>');
    await shut(socket);
  }),
  clause('Web IDL: attributes', 'a redefined accessor takes effect, and the old getter still works', (env) => {
    const { prototype } = env.WebSocket;
    const original = describe(prototype, 'readyState');
    closing(env, (socket) => {
      try {
        Object.defineProperty(prototype, 'readyState', { get: () => 'mine', configurable: true });
        same(socket.readyState, 'mine');
        same(original.get.call(socket), 0);
      } finally {
        Object.defineProperty(prototype, 'readyState', original);
      }
    });
  }),
  clause('Web IDL: attributes', 'a deleted accessor is gone', (env) => {
    const { prototype } = env.WebSocket;
    const original = describe(prototype, 'onopen');
    closing(env, (socket) => {
      try {
        holds(delete prototype.onopen, 'it can be deleted');
        same(socket.onopen, undefined);
        socket.onopen = 5;
        same(socket.onopen, 5);
      } finally {
        Object.defineProperty(prototype, 'onopen', original);
      }
    });
  }),
];
