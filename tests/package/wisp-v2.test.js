// Wisp v2: how it is negotiated, and its extensions. The facts are those of draft 6.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { server } from '@mercuryworkshop/wisp-js/server';
import { connectionOf, WebSocket, wisp } from 'websocket-wasm';
import { wispExtensions } from 'websocket-wasm/transports';
import { WebSocket as Ws } from 'ws';
import { moduleArgs, runNode } from '../support/process.js';
import { CLOSE, CONTINUE, DATA, packet, start, startScripted, WITHOUT_SUBPROTOCOL } from '../support/servers/relay.js';
import { CONFIRMATION, info, MOTD, startV2, UDP } from '../support/servers/relay-v2.js';
import { echoed, open, shut, until } from './support/sockets.js';
import { connect, echo, failureOf, relay, scripted, target } from './support/wisp.js';

/** A relay of v2, closed after the test. */
async function v2(t, settings) {
  const running = await startV2(settings);
  t.after(() => running.close());
  return running;
}

/** Asserts that a link echoes. */
async function echoes(link) {
  const data = new Promise((resolve, reject) =>
    link.open({ data: resolve, end: () => resolve(undefined), fail: reject }),
  );
  link.write(Uint8Array.of(1, 2, 3), () => {});
  assert.deepEqual([.../** @type {Uint8Array} */ (await data)], [1, 2, 3]);
  link.destroy();
}

test('wisp-js: v2, with its message of the day', async () => {
  server.options.wisp_motd = 'Willkommen – 1 GB';
  try {
    const messages = [];
    const extensions = wispExtensions({ onmotd: (motd) => messages.push(motd) });
    for (const Class of [WebSocket, Ws]) {
      const transport = wisp(relay.url, { WebSocket: /** @type {any} */ (Class), extensions });
      const socket = await open(echo.url, { transport });
      assert.equal(await echoed(socket, 'hello'), 'hello');
      await shut(socket);
    }
    assert.deepEqual(messages, ['Willkommen – 1 GB', 'Willkommen – 1 GB']);
  } finally {
    server.options.wisp_motd = null;
  }
});

for (const Class of [WebSocket, Ws]) {
  const name = Class === Ws ? "npm's ws" : 'this class';
  test(`${name}: a relay that chooses no subprotocol is connected to without one, and that is remembered`, async (t) => {
    const running = await scripted(
      t,
      (carrier, { type, id, payload }) => {
        if (type === DATA) carrier.send(packet(DATA, id, ...payload));
      },
      { ws: WITHOUT_SUBPROTOCOL },
    );
    const transport = wisp(`${running.url}secret/`, { WebSocket: /** @type {any} */ (Class) });
    await echoes(await connect(transport));
    await until(() => running.open === 0);
    assert.deepEqual(running.requests, ['/secret/ wisp-v2', '/secret/']);
    await echoes(await connect(transport));
    assert.deepEqual(running.requests, ['/secret/ wisp-v2', '/secret/', '/secret/']);
  });
}

test('a relay that refuses v1, which it once accepted, is offered v2 again', async (t) => {
  let speaksV2 = false;
  const running = await start(
    (carrier) => {
      const refuses = speaksV2 && carrier.protocol === '';
      carrier.send(refuses ? packet(CLOSE, 0, 0x04) : packet(CONTINUE, 0, 1, 0, 0, 0));
    },
    { handleProtocols: () => speaksV2 && 'wisp-v2' },
  );
  t.after(() => running.close());
  const transport = wisp(running.url, { WebSocket });
  (await connect(transport)).destroy();
  await until(() => running.open === 0);
  speaksV2 = true;
  const error = await failureOf(transport);
  assert.equal(error.code, 'relay-closed');
  assert.match(error.message, /incompatible extensions/);
  (await connect(transport)).destroy();
  assert.deepEqual(running.requests, ['/ wisp-v2', '/', '/', '/ wisp-v2']);
});

test('the client names the extensions that it has in common with the relay', async (t) => {
  const running = await v2(t, {
    motd: 'hello',
    connected: (carrier, id) => carrier.send(packet(CONTINUE, id, 9, 0, 0, 0)),
  });
  await echoes(await connect(wisp(running.url, { WebSocket })));
  const extensions = wispExtensions({ onmotd: () => {} });
  await echoes(await connect(wisp(running.url, { WebSocket, extensions })));
  const named = running.clients.map((client) => [...client].map(([id, { length }]) => [id, length]));
  assert.deepEqual(named, [
    [[CONFIRMATION, 0]],
    [
      [MOTD, 0],
      [CONFIRMATION, 0],
    ],
  ]);
});

test('an INFO that is cut off, too short or of another version changes nothing', async () => {
  for (const bytes of [
    info([
      [CONFIRMATION, ''],
      [UDP, 'cut'],
    ]).subarray(0, -1),
    info([[CONFIRMATION, '']]).subarray(0, -3),
    packet(5, 0),
    packet(5, 0, 2),
    packet(5, 0, 3, 1),
    packet(5, 0, 2, 0, MOTD, 0xff, 0xff, 0xff, 0xff),
  ]) {
    const running = await startScripted(
      (carrier, { type, id, payload }) => {
        if (type === 5) carrier.send(packet(CONTINUE, 0, 128, 0, 0, 0));
        if (type === 1) carrier.send(packet(CONTINUE, id, 128, 0, 0, 0));
        if (type === DATA) carrier.send(packet(DATA, id, ...payload));
      },
      { accepts: false, greeting: bytes },
    );
    await echoes(await connect(wisp(running.url, { WebSocket, extensions: wispExtensions({ onmotd: () => {} }) })));
    await running.close();
  }
});

test('with stream open confirmation, a stream is connected when the relay says so', async (t) => {
  const asked = [];
  const running = await v2(t, { connected: (...stream) => asked.push(stream) });
  const transport = wisp(running.url, { WebSocket });
  let isConnected = false;
  const connecting = connect(transport).then((link) => {
    isConnected = true;
    return link;
  });
  await until(() => asked.length === 1);
  // Another stream's packets don't count.
  const other = connect(transport);
  await until(() => asked.length === 2);
  const [[carrier, first], [, second]] = asked;
  carrier.send(packet(CONTINUE, second, 5, 0, 0, 0));
  await other;
  assert.equal(isConnected, false);
  carrier.send(packet(CONTINUE, first, 5, 0, 0, 0));
  await echoes(await connecting);
  await echoes(await other);
});

test('with stream open confirmation, connecting fails by the reason of the CLOSE, and can be aborted', async (t) => {
  const asked = [];
  const running = await v2(t, { connected: (...stream) => asked.push(stream) });
  const transport = wisp(running.url, { WebSocket });
  const refused = assert.rejects(connect(transport), { code: 'connect-refused' });
  await until(() => asked.length === 1);
  asked[0][0].send(packet(CLOSE, asked[0][1], 0x44));
  await refused;
  const controller = new AbortController();
  const aborted = assert.rejects(connect(transport, target({ signal: controller.signal })), { code: 'aborted' });
  await until(() => asked.length === 2);
  controller.abort();
  await aborted;
  await until(() => running.packets.includes(`CLOSE ${asked[1][1]}`));
  const lost = assert.rejects(connect(transport), { code: 'relay-unreachable' });
  await until(() => asked.length === 3);
  asked[2][0].terminate();
  await lost;
});

test('an onmotd that throws is an uncaught exception, and the carrier goes on', async (t) => {
  const running = await v2(t, { motd: 'hello' });
  const script = `
    import { WebSocket, wisp } from 'websocket-wasm';
    import { wispExtensions } from 'websocket-wasm/transports';
    process.on('uncaughtException', ({ message }) => console.log(message));
    const extensions = wispExtensions({ onmotd: () => { throw new Error('of the program'); } });
    const target = { hostname: '127.0.0.1', port: 1, secure: false, url: '', signal: new AbortController().signal };
    const link = await wisp('${running.url}', { WebSocket, extensions })(target);
    link.open({ data: (bytes) => { console.log(...bytes); link.destroy(); }, end: () => {}, fail: console.log });
    link.write(Uint8Array.of(1, 2), () => {});`;
  const { status, output } = await runNode(moduleArgs(script), import.meta.dirname);
  assert.deepEqual([status, output.split('\n').sort()], [0, ['', '1 2', 'of the program']]);
});

test('the failure of a socket has the reason of its stream', async (t) => {
  const running = await v2(t, { connected: (carrier, id) => carrier.send(packet(CLOSE, id, 0x42)) });
  const socket = new WebSocket(echo.url, { transport: wisp(running.url, { WebSocket }) });
  await new Promise((resolve) => {
    socket.onclose = resolve;
  });
  assert.equal(connectionOf(socket).failure?.code, 'host-unreachable');
});
