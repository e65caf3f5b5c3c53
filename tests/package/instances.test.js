// Memory that comes back: each instance of the core, of the codec and of TLS is let go with its last socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAuthority } from '../../scripts/certificates.js';
import { startEcho } from '../../scripts/servers.js';
import { echoed, next, shut } from '../support/events.js';
import { held, refuse } from './support/memories.js';

const { tcp, tls, WebSocket } = await import('websocket-wasm');

const MiB = 1024 * 1024;
const authority = createAuthority({ name: 'Authority' });
let echo;
let secureEcho;
before(async () => {
  echo = await startEcho({ perMessageDeflate: true });
  secureEcho = await startEcho({ certificate: authority.issue({ names: ['localhost'] }) });
});
after(() => Promise.all([echo.close(), secureEcho.close()]));

async function open(url, options) {
  const socket = new WebSocket(url, options);
  socket.binaryType = 'arraybuffer';
  await next(socket, 'open');
  return socket;
}

const openMany = (count, url, options) => Promise.all(Array.from({ length: count }, () => open(url, options)));

test('instances are let go with their last socket, while others are open', async () => {
  const sockets = await openMany(600, echo.url);
  await Promise.all(sockets.map((socket) => echoed(socket, 'x'.repeat(3_000))));
  assert.deepEqual(await held({ core: 3, codec: 3 }), { core: 3, codec: 3 });
  const [witness, ...others] = sockets.splice(0);
  await Promise.all(others.splice(0).map(shut));
  assert.deepEqual(await held({ core: 1, codec: 1 }), { core: 1, codec: 1 });
  assert.equal(await echoed(witness, 'still open'), 'still open');
  await shut(witness);
  // The last one stays for the next socket.
  assert.deepEqual(await held({ core: 1 }), { core: 1, codec: 1 });
  await shut(await open(echo.url));
  assert.deepEqual(await held({ core: 1 }), { core: 1, codec: 1 });
});

test('an instance that has grown takes no more sockets', async () => {
  const large = await open(echo.url);
  large.send(new Uint8Array(20 * MiB));
  assert.equal((await next(large, 'message')).data.byteLength, 20 * MiB);
  const small = await open(echo.url);
  assert.deepEqual(await held({ core: 2, codec: 2 }), { core: 2, codec: 2 });
  await shut(large);
  assert.deepEqual(await held({ core: 1, codec: 1 }), { core: 1, codec: 1 });
  const again = await open(echo.url);
  assert.equal(await echoed(again, 'again'), 'again');
  assert.deepEqual(await held({ core: 1, codec: 1 }), { core: 1, codec: 1 });
  await Promise.all([small, again].map(shut));
});

test('instances of TLS are let go with their last connection', async () => {
  const url = `wss://localhost:${secureEcho.port}/`;
  const sockets = await openMany(300, url, { transport: tls(tcp, { ca: authority.certPem }) });
  const before = await held({ tls: 2 });
  assert.ok(before.tls > 1, JSON.stringify(before));
  const [witness, ...others] = sockets.splice(0);
  await Promise.all(others.splice(0).map(shut));
  assert.equal((await held({ tls: 1 })).tls, 1);
  assert.equal(await echoed(witness, 'still open'), 'still open');
  await shut(witness);
});

test('many that have grown take sockets again', async () => {
  const sockets = [];
  for (let i = 0; i < 18; i += 1) {
    const socket = await open(echo.url);
    socket.send(new Uint8Array(20 * MiB));
    assert.equal((await next(socket, 'message')).data.byteLength, 20 * MiB);
    sockets.push(socket);
  }
  const { core, codec } = await held({ core: 16, codec: 16 });
  assert.deepEqual({ core, codec }, { core: 16, codec: 16 });
  await Promise.all(sockets.map(shut));
});

test('if the engine refuses another memory, one that has grown takes the socket', async (t) => {
  const large = await open(echo.url);
  large.send(new Uint8Array(20 * MiB));
  await next(large, 'message');
  t.after(() => refuse(false));
  refuse(true);
  const small = await open(echo.url);
  assert.equal(await echoed(small, 'x'.repeat(3_000)), 'x'.repeat(3_000));
  await Promise.all([large, small].map(shut));
});
