// A test environment that goes away while sockets live: nothing may escape into what the process does next. In Jest's way
// the package runs in jsdom's window, which is closed; in Vitest's way jsdom's classes stand in the process's own global,
// and Node's are put back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext } from 'node:vm';
import { JSDOM, VirtualConsole } from 'jsdom';
import { next } from '../support/events.js';
import { acceptance, startRaw } from '../support/servers/raw.js';
import { PLATFORM, requireIn } from './support/realm.js';

const PAGE = 'http://localhost/';

/** A window as jest-environment-jsdom makes it, with the two globals that its users must supply. */
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

const close = Buffer.from([0x88, 2, 0x03, 0xe8]);
const late = Buffer.from([0x81, 4, ...Buffer.from('late')]);

/**
 * The kinds of connection: whether the server accepts it, what it does once the environment is gone, and how that ends.
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
 * A server that lets its connections be one of these kinds: `goOn` does what follows.
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
    goOn: () => {
      for (const socket of held.splice(0)) later(socket);
    },
  };
}

/**
 * Connects to one server of each kind, lets the environment go away, and sees how each socket ends.
 * @param {{ package: any, controller: AbortController, goAway: () => unknown }} environment
 */
async function outlive({ package: { WebSocket }, controller, goAway }) {
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
    await goAway();
    for (const server of servers) server.goOn();
    controller.abort();
    await Promise.all(closed);
    // What would follow has its turn.
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    const expected = Object.fromEntries(Object.entries(KINDS).map(([name, { ends }]) => [name, ends]));
    assert.deepEqual(seen, expected);
  } finally {
    for (const server of servers) await server.close();
  }
}

test("sockets end as they should after jsdom's window was closed, and nothing escapes", {
  timeout: 30_000,
}, async () => {
  const { window, package: exports, logged } = openWindow();
  await outlive({ package: exports, controller: new window.AbortController(), goAway: () => window.close() });
  // Jest reports what is logged after its tests.
  assert.deepEqual(logged, []);
});

test("after jsdom's window was closed a close listener can connect again", { timeout: 30_000 }, async () => {
  const { window, package: exports } = openWindow();
  const [first, second] = [await startHeld(KINDS.closed), await startHeld(KINDS.message)];
  try {
    const socket = new exports.WebSocket(first.url);
    await next(socket, 'open');
    window.close();
    first.goOn();
    await next(socket, 'close');
    const again = new exports.WebSocket(second.url);
    await next(again, 'open');
    second.goOn();
    assert.equal((await next(again, 'message')).data, 'late');
    assert.equal((await next(again, 'close')).code, 1000);
  } finally {
    await first.close();
    await second.close();
  }
});

/** What Vitest copies from jsdom's window, of what the package uses, and puts back. */
const COPIED = [
  ...['AbortController', 'AbortSignal', 'Blob', 'CloseEvent', 'DOMException', 'Event', 'EventTarget', 'Headers'],
  ...['MessageEvent', 'WebSocket', 'addEventListener', 'document', 'location', 'origin'],
];

test("sockets end as they should after Node's classes are back in the place of jsdom's", {
  timeout: 30_000,
}, async () => {
  const { window } = new JSDOM('<!DOCTYPE html>', { url: PAGE });
  const ofNode = Object.fromEntries(PLATFORM.map((name) => [name, globalThis[name]]));
  const ofWindow = Object.fromEntries(COPIED.map((name) => [name, window[name]]));
  ofWindow.addEventListener = window.addEventListener.bind(window);
  const context = createContext({ ...ofNode, ...ofWindow });
  const goAway = () => {
    for (const name of COPIED) {
      if (name in ofNode) context[name] = ofNode[name];
      else delete context[name];
    }
    window.close();
  };
  await outlive({ package: requireIn(context, 'stream-node'), controller: new window.AbortController(), goAway });
});
