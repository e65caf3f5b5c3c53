// Stack overflows inside the class: the caller gets a RangeError, and every socket still gets its close event.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { WebSocketStream } from 'websocket-wasm/stream';
import { operations } from '../overflow/operations.js';
import { callNearTheEnd, sweep } from '../overflow/overflow.js';
import { sharedEcho } from '../support/servers/echo.js';
import { echoed, open, shut } from './support/sockets.js';

const echo = sharedEcho();

const failureOf = (socket) => connectionOf(socket).failure;

// An uncaught exception fails this process, and so the running test.
for (const name of Object.keys(operations({ WebSocket, connectionOf }, '', {}))) {
  test(`${name} with little stack left throws a RangeError or works`, async () => {
    const operation = operations({ WebSocket, connectionOf }, echo.url, {})[name];
    const { overflows } = await sweep({ open: () => open(echo.url), failureOf, operation, shifts: 4 });
    assert.ok(overflows > 10, `${overflows} overflows`);
  });
}

test('a caller that recurses until its stack overflows gets a RangeError every time', async () => {
  for (let i = 0; i < 20; i += 1) {
    const socket = await open(echo.url);
    const neighbour = await open(echo.url);
    const deep = () => {
      socket.send('x');
      deep();
    };
    assert.throws(deep, RangeError);
    const ends = await Promise.all(
      [socket, neighbour].map((each) => {
        if (each.readyState === WebSocket.OPEN) each.send('last');
        return new Promise((resolve) => {
          each.addEventListener('message', ({ data }) => data === 'last' && resolve('echo'));
          each.addEventListener('close', ({ code }) => resolve(`${code} ${failureOf(each)?.code}`));
        });
      }),
    );
    assert.ok(['echo,echo', '1006 core-stopped,1006 core-stopped'].includes(`${ends}`), `${ends}`);
    for (const each of [socket, neighbour]) each.close();
  }
});

test('methods of a WebSocketStream with little stack left throw a RangeError or work', async () => {
  const calls = { write: ({ writer }) => writer.write('x').catch(() => {}), close: ({ stream }) => stream.close() };
  for (const [name, call] of Object.entries(calls)) {
    let overflows = 0;
    for (let frames = 0; frames < 100; frames += 7) {
      const stream = new WebSocketStream(echo.url);
      const { writable } = await stream.opened;
      const writer = writable.getWriter();
      writer.closed.catch(() => {});
      const { error } = callNearTheEnd(call, { stream, writer }, frames);
      assert.ok(error === undefined || error instanceof RangeError, `${name}: ${error}`);
      if (error) overflows += 1;
      stream.close();
      await stream.closed.catch(({ closeCode }) => assert.equal(closeCode, 1006));
    }
    assert.ok(overflows > 0, `${name} never overflowed`);
  }
});

test('a new socket works after all that', async () => {
  const socket = await open(echo.url);
  assert.equal(await echoed(socket, 'works'), 'works');
  await shut(socket);
});
