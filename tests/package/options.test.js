// The constructor's second argument, read as Web IDL reads a dictionary (3.2.17).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { native, tcp, WebSocket, wisp } from 'websocket-wasm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { relay } from 'websocket-wasm/transports';
import { sharedEcho } from '../support/servers/echo.js';
import { next, open, shut } from './support/sockets.js';

const echo = sharedEcho();

const DEFLATE = [
  'clientMaxWindowBits',
  'clientNoContextTakeover',
  'level',
  'serverMaxWindowBits',
  'serverNoContextTakeover',
  'threshold',
];
const OWN = [
  'closeTimeout',
  'handshakeTimeout',
  'headers',
  'highWaterMark',
  'keepAlive',
  'maxConnecting',
  'maxErrorBody',
  'maxFragments',
  'maxHeaderSize',
  'maxMessageSize',
  'maxQueuedPongs',
  'perMessageDeflate',
];

async function close(socket) {
  await next(socket, 'open');
  await shut(socket);
}

test('without a dictionary nothing is read, even if Object.prototype has such members', async () => {
  const polluted = ['headers', 'transport', 'maxMessageSize', 'protocols', 'signal', 'perMessageDeflate', 'WebSocket'];
  const read = [];
  for (const name of polluted) {
    Object.defineProperty(Object.prototype, name, {
      configurable: true,
      get() {
        read.push(name);
        return undefined;
      },
    });
  }
  try {
    for (const args of [[], [undefined], [null], ['chat'], [['chat']], [new Set(['chat'])], [[]]]) {
      // Node also reads its own options from Object.prototype.
      read.length = 0;
      const socket = new WebSocket(echo.url, ...args);
      assert.deepEqual(read, [], JSON.stringify(args));
      await close(socket);
    }
    read.length = 0;
    const stream = new WebSocketStream(echo.url);
    assert.deepEqual(read, []);
    await stream.opened;
    stream.close();
    await stream.closed;
  } finally {
    for (const name of polluted) delete Object.prototype[name];
  }
});

test("members of the platform's own dictionaries on Object.prototype have no effect", async () => {
  const members = { type: 'x', bubbles: true, cancelable: true, lastEventId: 'x', source: {}, ports: 1 };
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
  }
  let stream;
  let socket;
  try {
    stream = new WebSocketStream(echo.url);
    const { writable } = await stream.opened;
    await writable.getWriter().write('x');
    stream.close();
    await stream.closed;
    socket = new WebSocket(echo.url);
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    socket.send('x');
    const event = await new Promise((resolve) => socket.addEventListener('message', resolve));
    assert.deepEqual(
      [event.data, event.origin, event.bubbles, event.cancelable, event.lastEventId, event.source, event.ports],
      ['x', new URL(echo.url).origin, false, false, '', null, []],
    );
  } finally {
    for (const name of Object.keys(members)) delete Object.prototype[name];
  }
  await shut(socket);
});

/** An object that records the order in which its members are read. */
function recorder(members) {
  const read = [];
  const get = (_, name) => {
    read.push(typeof name === 'symbol' ? name.description : name);
    return members[name];
  };
  return { read, bag: new Proxy({}, { get }) };
}

test('each member of a dictionary is read once, in lexicographical order after those of the base', async () => {
  const deflate = recorder({ level: 3 });
  const { read, bag } = recorder({ protocols: ['chat'], perMessageDeflate: deflate.bag, transport: tcp });
  const socket = new WebSocket(echo.url, bag);
  // Whether it is a sequence is checked first (Web IDL 3.2.24).
  const after = ['signal', 'tls', 'transport', 'unpairedSurrogates'];
  assert.deepEqual(read, ['Symbol.iterator', 'protocols', 'targetAddressSpace', ...OWN, ...after]);
  assert.deepEqual(deflate.read, DEFLATE);
  await close(socket);
  assert.equal(socket.protocol, 'chat');
});

test('the same for a WebSocketStream, whose own dictionary has protocols and signal', async () => {
  const { read, bag } = recorder({});
  const stream = new WebSocketStream(echo.url, bag);
  const after = ['targetAddressSpace', 'tls', 'transport', 'unpairedSurrogates'];
  assert.deepEqual(read, ['protocols', 'signal', ...OWN, ...after]);
  await stream.opened;
  stream.close();
  await stream.closed;
});

test('members that no dictionary has are ignored, and not read', async () => {
  const members = {
    protocols: ['chat'],
    dispatcher: {},
    get other() {
      throw new Error('read');
    },
  };
  const socket = new WebSocket(echo.url, members);
  await close(socket);
  assert.equal(socket.protocol, 'chat');
  const stream = new WebSocketStream(echo.url, members);
  assert.equal((await stream.opened).protocol, 'chat');
  stream.close();
  await stream.closed;
});

test('targetAddressSpace is one of three strings', () => {
  for (const value of ['unknown', 'private', 'Local', '', null, 1, { toString: () => 'any' }]) {
    const error = { name: 'TypeError', message: new RegExp(`'targetAddressSpace' must be .*, not '${value}'`) };
    const targetAddressSpace = /** @type {any} */ (value);
    for (const transport of [native, tcp]) {
      assert.throws(() => new WebSocket(echo.url, { transport, targetAddressSpace }), error);
      assert.throws(() => new WebSocketStream(echo.url, { transport, targetAddressSpace }), error);
    }
    assert.throws(() => wisp('ws://relay.test/', { WebSocket, targetAddressSpace }), error);
    assert.throws(() => relay('ws://relay.test/{hostname}/{port}', { WebSocket, targetAddressSpace }), error);
  }
});

test('each member is converted before the next one is read', () => {
  const thrown = new Error('mine');
  const read = [];
  /** @type {any} */
  const bag = {
    get closeTimeout() {
      read.push('closeTimeout');
      return {
        valueOf() {
          throw thrown;
        },
      };
    },
    get headers() {
      read.push('headers');
      return undefined;
    },
  };
  assert.throws(
    () => new WebSocket(echo.url, bag),
    (error) => error === thrown,
  );
  assert.deepEqual(read, ['closeTimeout']);
});

test('Symbol.iterator of a sequence is read once', async () => {
  let asked = 0;
  const protocols = {
    get [Symbol.iterator]() {
      asked += 1;
      return function* () {
        yield 'chat';
      };
    },
  };
  const socket = new WebSocket(echo.url, protocols);
  assert.equal(asked, 1);
  await close(socket);
  assert.equal(socket.protocol, 'chat');
});

test('the option protocols may be a string for a WebSocket, but must be a sequence for a WebSocketStream', async () => {
  const socket = await open(echo.url, { protocols: 'chat' });
  assert.equal(socket.protocol, 'chat');
  await shut(socket);
  assert.throws(() => new WebSocketStream(echo.url, { protocols: 'chat' }), TypeError);
});
