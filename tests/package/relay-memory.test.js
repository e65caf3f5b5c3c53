// What a link of relay() holds: nothing once it is destroyed, and no message that is too long to be kept.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { WebSocket as Ws } from 'ws';
import { start } from '../support/servers/relay.js';
import { until } from './support/sockets.js';
import { target } from './support/wisp.js';

// Node has no such class: this package's stands in for the engine's. A bound function looks like the engine's.
Object.assign(globalThis, { WebSocketStream: WebSocketStream.bind(undefined) });
const { relay } = await import('websocket-wasm/transports');
delete (/** @type {any} */ (globalThis).WebSocketStream);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const MiB = 1024 * 1024;

let carrier;
let server;
before(async () => {
  server = await start(
    (accepted) => {
      carrier = accepted;
    },
    { perMessageDeflate: false },
  );
});
after(() => server.close());

test('a link that was destroyed while it was paused keeps nothing of what still arrives', async () => {
  /** @type {WeakRef<ArrayBuffer>[]} */
  const received = [];
  let socket;
  class Recording extends Ws {
    constructor(url) {
      super(url);
      socket = this;
      this.addEventListener('message', ({ data }) => received.push(new WeakRef(/** @type {any} */ (data))));
    }
    /** @override */
    close() {
      // The relay sends on.
    }
  }
  const transport = relay(`${server.url}{hostname}/{port}`, { WebSocket: /** @type {any} */ (Recording) });
  const link = /** @type {any} */ (await transport(target()));
  link.open({ data: () => {}, end: () => {}, fail: () => {} });
  link.pause();
  link.destroy();
  for (let i = 0; i < 8; i += 1) carrier.send(Buffer.alloc(MiB));
  await until(() => received.length === 8);
  const held = () => received.filter((data) => data.deref()).length;
  for (let tries = 0; tries < 100 && held() > 1; tries += 1) {
    // In a task of its own: what was looked at is held until its task ends.
    await delay(10);
    collectGarbage();
  }
  // The class may keep the last one.
  assert.ok(held() <= 1, `${held()} messages are held`);
  socket.terminate();
  // The link lives until here.
  link.resume();
});

test('over WebSocketStream a message that is too long to be kept fails the connection, which is left', async () => {
  const transport = relay(`${server.url}{hostname}/{port}`);
  const link = /** @type {any} */ (await transport(target()));
  const failed = new Promise((resolve) => link.open({ data: () => {}, end: resolve, fail: resolve }));
  link.pause();
  carrier.send(Buffer.alloc(65 * MiB));
  assert.equal((await failed)?.code, 'too-much-unread');
  await until(() => server.open === 0);
  link.destroy();
});
