// A test environment that is torn down while sockets are open: no error may escape into the rest of the process. As in
// Jest, the package runs in jsdom's window, which is closed; as in Vitest, jsdom's classes replace Node's in the process's
// own global, and Node's are restored.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext } from 'node:vm';
import { JSDOM, VirtualConsole } from 'jsdom';
import { next } from '../support/events.js';
import { closeFrame, frame } from '../support/servers/frame.js';
import { acceptance, startRaw } from '../support/servers/raw.js';
import { PLATFORM, requireIn } from './support/realm.js';

const PAGE = 'http://localhost/';

/** A window as jest-environment-jsdom creates it, with the two globals that its users must add. */
function openWindow() {
  const logged = [];
  const virtualConsole = new VirtualConsole();
  for (const type of ['error', 'jsdomError']) virtualConsole.on(type, (message) => logged.push(`${message}`));
  const dom = new JSDOM('<!DOCTYPE html>', {
    pretendToBeVisual: true,
    runScripts: 'dangerously',
    url: PAGE,
    virtualConsole,
  });
  const { window } = dom;
  Object.assign(window, { global: window, process, Buffer, TextDecoder, TextEncoder });
  return { window, logged, package: requireIn(dom.getInternalVMContext(), 'stream-node') };
}

const close = closeFrame(1000);
const late = frame(0x81, 'late');

/**
 * Kinds of connection: whether the server accepts it, what the server does after the teardown, and the events that follow.
 * @type {Record<string, { open: boolean, later: (socket: import('node:net').Socket) => void, ends: string[] }>}
 */
const KINDS = {
  reset: { open: false, later: (socket) => socket.resetAndDestroy(), ends: ['error', 'close 1006'] },
  refused: { open: false, later: (socket) => socket.end('HTTP/1.1 401 No\r\n\r\n'), ends: ['error', 'close 1006'] },
  aborted: { open: false, later: () => {}, ends: ['error', 'close 1006'] },
  dropped: { open: true, later: (socket) => socket.resetAndDestroy(), ends: ['error', 'close 1006'] },
  broken: { open: true, later: (socket) => socket.write(Buffer.from([0x83, 0])), ends: ['error', 'close 1006'] },
  closed: { open: true, later: (socket) => socket.end(close), ends: ['close 1000'] },
  message: {
    open: true,
    later: (socket) => socket.end(Buffer.concat([late, close])),
    ends: ['message late', 'close 1000'],
  },
};

/**
 * A server whose connections are of that kind: `proceed` continues them after the teardown.
 * @param {(typeof KINDS)[string]} kind
 */
async function startHeld({ open, later }) {
  const held = [];
  let changed = () => {};
  const server = await startRaw((socket, request) => {
    if (open) socket.write(acceptance(request));
    held.push(socket);
    changed();
  });
  return {
    ...server,
    arrived: async () => {
      while (held.length === 0) await new Promise((resolve) => (changed = () => resolve(undefined)));
    },
    proceed: () => {
      for (const socket of held.splice(0)) later(socket);
    },
  };
}

/**
 * Connects to one server of each kind, tears the environment down, and checks how each socket ends.
 * @param {{ package: any, controller: AbortController, tearDown: () => unknown }} environment
 */
async function outlive({ package: { WebSocket }, controller, tearDown }) {
  const servers = [];
  const seen = {};
  const closed = [];
  try {
    for (const [name, kind] of Object.entries(KINDS)) {
      const server = await startHeld(kind);
      servers.push(server);
      const socket = new WebSocket(server.url, name === 'aborted' ? { signal: controller.signal } : {});
      const events = [];
      seen[name] = events;
      socket.onmessage = ({ data }) => events.push(`message ${data}`);
      socket.onerror = () => events.push('error');
      closed.push(next(socket, 'close').then(({ code }) => events.push(`close ${code}`)));
      await (kind.open ? next(socket, 'open') : server.arrived());
    }
    await tearDown();
    for (const server of servers) server.proceed();
    controller.abort();
    await Promise.all(closed);
    // No event may follow.
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    const expected = Object.fromEntries(Object.entries(KINDS).map(([name, { ends }]) => [name, ends]));
    assert.deepEqual(seen, expected);
  } finally {
    for (const server of servers) await server.close();
  }
}

test("sockets end properly after jsdom's window was closed, and log no errors", {
  timeout: 30_000,
}, async () => {
  const { window, package: exports, logged } = openWindow();
  await outlive({ package: exports, controller: new window.AbortController(), tearDown: () => window.close() });
  // Jest reports messages that are logged after its tests.
  assert.deepEqual(logged, []);
});

test("a close listener can connect again after jsdom's window was closed", { timeout: 30_000 }, async () => {
  const { window, package: exports } = openWindow();
  const [first, second] = [await startHeld(KINDS.closed), await startHeld(KINDS.message)];
  try {
    const socket = new exports.WebSocket(first.url);
    await next(socket, 'open');
    window.close();
    first.proceed();
    await next(socket, 'close');
    const again = new exports.WebSocket(second.url);
    await next(again, 'open');
    second.proceed();
    assert.equal((await next(again, 'message')).data, 'late');
    assert.equal((await next(again, 'close')).code, 1000);
  } finally {
    await first.close();
    await second.close();
  }
});

/** How many connections end at once. */
const MANY = 20;

/** How long each of their listeners takes, in milliseconds: more than the package lets a turn's steps take. */
const LONG = 25;

test("sockets whose listeners take long end after jsdom's window was closed", { timeout: 30_000 }, async () => {
  const { window, package: exports } = openWindow();
  const server = await startHeld(KINDS.message);
  try {
    const sockets = Array.from({ length: MANY }, () => new exports.WebSocket(server.url, { maxConnecting: MANY }));
    await Promise.all(sockets.map((socket) => next(socket, 'open')));
    const messages = sockets.map((socket) => next(socket, 'message'));
    const closed = sockets.map((socket) => next(socket, 'close'));
    for (const socket of sockets) {
      socket.onmessage = () => {
        const end = performance.now() + LONG;
        while (performance.now() < end);
      };
    }
    window.close();
    server.proceed();
    for (const { data } of await Promise.all(messages)) assert.equal(data, 'late');
    for (const { code } of await Promise.all(closed)) assert.equal(code, 1000);
  } finally {
    await server.close();
  }
});

test("bufferedAmount falls after jsdom's window was closed", { timeout: 30_000 }, async () => {
  const { window, package: exports } = openWindow();
  const server = await startHeld(KINDS.closed);
  try {
    const socket = new exports.WebSocket(server.url);
    await next(socket, 'open');
    window.close();
    socket.send('bytes');
    assert.ok(socket.bufferedAmount > 0);
    while (socket.bufferedAmount > 0) await new Promise(setImmediate);
    server.proceed();
    assert.equal((await next(socket, 'close')).code, 1000);
  } finally {
    await server.close();
  }
});

test("a socket whose server doesn't answer is closed after jsdom's window was closed", {
  timeout: 30_000,
}, async () => {
  const { window, package: exports } = openWindow();
  const server = await startHeld(KINDS.closed);
  try {
    const socket = new exports.WebSocket(server.url, { closeTimeout: 10 });
    await next(socket, 'open');
    window.close();
    socket.close();
    assert.equal((await next(socket, 'close')).wasClean, false);
  } finally {
    await server.close();
  }
});

/** The globals that Vitest copies from jsdom's window and later restores, as far as the package uses them. */
const COPIED = [
  ...['AbortController', 'AbortSignal', 'Blob', 'CloseEvent', 'DOMException', 'Event', 'EventTarget', 'Headers'],
  ...['MessageEvent', 'WebSocket', 'addEventListener', 'document', 'location', 'origin'],
];

test("sockets end properly after Node's classes have replaced jsdom's", {
  timeout: 30_000,
}, async () => {
  const { window } = new JSDOM('<!DOCTYPE html>', { url: PAGE });
  const ofNode = Object.fromEntries(PLATFORM.map((name) => [name, globalThis[name]]));
  const ofWindow = Object.fromEntries(COPIED.map((name) => [name, window[name]]));
  ofWindow.addEventListener = window.addEventListener.bind(window);
  const context = createContext({ ...ofNode, ...ofWindow });
  const tearDown = () => {
    for (const name of COPIED) {
      if (name in ofNode) context[name] = ofNode[name];
      else delete context[name];
    }
    window.close();
  };
  await outlive({ package: requireIn(context, 'stream-node'), controller: new window.AbortController(), tearDown });
});
