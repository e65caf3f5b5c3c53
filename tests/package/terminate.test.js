// `connectionOf(socket).terminate()`: the connection is dropped at once, in every state.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { connectionOf, WebSocket, WebSocketStream } from 'websocket-wasm/stream';
import { listen, startEcho } from '../../scripts/servers.js';
import { acceptance, startAccepting, startRaw } from '../support/servers/raw.js';
import { next, open, pause } from './support/sockets.js';

/** Records the events of a socket, with its state; resolves with them some time after `close`. */
async function ending(socket) {
  const events = [];
  for (const type of ['open', 'message', 'error', 'close']) {
    socket.addEventListener(type, (event) => {
      events.push(
        `${type}${type === 'close' ? ` ${event.code} ${event.reason}${event.wasClean}` : ''} at ${socket.readyState}`,
      );
    });
  }
  await next(socket, 'close');
  await pause(20);
  assert.equal(connectionOf(socket).failure?.code, 'terminated');
  return events;
}

const ENDED = ['error at 3', 'close 1006 false at 3'];

test('OPEN: error and close with 1006, and nothing more is written', async () => {
  const received = [];
  let closed;
  const server = await startAccepting((peer) => {
    peer.on('data', (chunk) => received.push(chunk));
    closed = once(peer, 'close');
  });
  const socket = await open(server.url);
  const events = ending(socket);
  socket.send('never sent');
  socket.send(new Uint8Array(3_000_000));
  connectionOf(socket).terminate();
  assert.equal(socket.readyState, 2);
  socket.send('only counted');
  connectionOf(socket).terminate();
  socket.close(1000, 'too late');
  assert.deepEqual(await events, ENDED);
  await closed;
  assert.deepEqual(received, []);
  assert.equal(socket.bufferedAmount, 10 + 3_000_000 + 12);
  await server.close();
});

test('OPEN, while a peer reads nothing: the transport is aborted', async () => {
  let peer;
  const server = await startAccepting((tcp) => {
    peer = tcp.pause();
  });
  const socket = await open(server.url);
  const events = ending(socket);
  socket.send(new Uint8Array(50_000_000));
  await pause(50);
  connectionOf(socket).terminate();
  assert.deepEqual(await events, ENDED);
  const closed = once(peer, 'close');
  peer.resume();
  await closed;
  assert.ok(peer.bytesRead < 50_000_000);
  await server.close();
});

test('CONNECTING: as close() aborts, before and after the transport has connected', async () => {
  let accepted;
  const closed = new Promise((resolve) => {
    accepted = (peer) => peer.on('close', resolve).resume();
  });
  const server = await listen(net.createServer((peer) => accepted(peer)));
  const early = new WebSocket(server.url);
  const outcome = ending(early);
  connectionOf(early).terminate();
  assert.equal(early.readyState, 2);
  assert.deepEqual(await outcome, ENDED);

  const late = new WebSocket(server.url);
  const events = ending(late);
  const before = accepted;
  await new Promise((resolve) => {
    accepted = (peer) => {
      before(peer);
      peer.once('data', resolve);
    };
  });
  connectionOf(late).terminate();
  assert.deepEqual(await events, ENDED);
  await closed;
  await server.close();
});

test('CONNECTING, when the response is there and open is not dispatched: it never is', async () => {
  const server = await startRaw((peer, request) => peer.write(acceptance(request)));
  let deliver;
  const delivered = new Promise((resolve) => {
    deliver = resolve;
  });
  const transport = ({ hostname, port }) => {
    const tcp = net.connect(port, hostname);
    return {
      open: (sink) => {
        tcp.on('data', (chunk) => {
          sink.data(new Uint8Array(/** @type {Buffer} */ (chunk)));
          deliver();
        });
        tcp.on('error', () => {});
      },
      write: (chunk, flushed) => void tcp.write(chunk, () => flushed()),
      pause() {},
      resume() {},
      end: () => void tcp.end(),
      destroy: () => void tcp.destroy(),
    };
  };
  const socket = new WebSocket(server.url, { transport });
  const events = ending(socket);
  await delivered;
  connectionOf(socket).terminate();
  assert.deepEqual(await events, ENDED);
  await server.close();
});

test('CLOSING: it ends the wait for the server', async () => {
  const server = await startAccepting((peer) => peer.resume());
  const socket = await open(server.url);
  const events = ending(socket);
  socket.close(1000);
  await pause(20);
  assert.equal(socket.readyState, 2);
  connectionOf(socket).terminate();
  assert.deepEqual(await events, ENDED);
  await server.close();
});

test('CLOSING, by the server: its code is not reported', async () => {
  const close = new Uint8Array([0x88, 2, 0x0f, 0xa0]);
  const server = await startAccepting((peer) => peer.resume().write(close));
  const socket = await open(server.url);
  const events = ending(socket);
  while (socket.readyState === 1) await pause();
  if (socket.readyState === 2) {
    connectionOf(socket).terminate();
    assert.deepEqual(await events, ENDED);
  }
  await server.close();
});

test('CLOSED: nothing', async () => {
  const server = await startEcho();
  const socket = await open(server.url);
  socket.close(1000);
  await next(socket, 'close');
  connectionOf(socket).terminate();
  await pause(20);
  assert.equal(connectionOf(socket).failure, undefined);
  await server.close();
});

test('from the error event, and from the close event: nothing', async () => {
  const server = await startEcho();
  for (const type of ['error', 'close']) {
    const socket = await open(server.url);
    const events = ending(socket);
    socket.addEventListener(type, () => connectionOf(socket).terminate());
    connectionOf(socket).terminate();
    assert.deepEqual(await events, ENDED);
  }
  await server.close();
});

test('with messages that were received: they are dropped, and pings reject', async () => {
  const frames = Buffer.concat(Array.from({ length: 50 }, () => Buffer.from([0x81, 1, 0x78])));
  const server = await startAccepting((peer) => void peer.once('data', () => peer.write(frames)));
  const socket = await open(server.url);
  const events = ending(socket);
  const connection = connectionOf(socket);
  const ping = assert.rejects(connection.ping(), { name: 'InvalidStateError' });
  socket.addEventListener('message', () => connection.terminate(), { once: true });
  assert.deepEqual(await events, ['message at 1', ...ENDED]);
  await ping;
  await server.close();
});

test('with pings and pongs that were received: no event follows, and pings reject', async (t) => {
  const frame = (first, payload) => Buffer.concat([Buffer.from([first, payload.length]), Buffer.from(payload)]);
  const burst = [frame(0x81, 'a'), frame(0x8a, 'pong'), frame(0x89, 'ping'), frame(0x81, 'b'), frame(0x8a, 'mine')];
  const server = await startAccepting((peer) => void peer.once('data', () => peer.write(Buffer.concat(burst))));
  t.after(() => server.close());
  const socket = await open(server.url);
  const events = ending(socket);
  const connection = connectionOf(socket);
  const controls = [];
  for (const type of /** @type {const} */ (['ping', 'pong'])) {
    connection.addEventListener(type, () => controls.push(type));
  }
  const ping = connection.ping(Buffer.from('mine')).catch((error) => error.name);
  socket.addEventListener('message', () => connection.terminate());
  assert.deepEqual(await events, ['message at 1', ...ENDED]);
  assert.deepEqual(controls, []);
  assert.equal(await ping, 'InvalidStateError');
});

test('with a Blob that is being read, and messages after it', async () => {
  const received = [];
  const server = await startAccepting((peer) => peer.on('data', (chunk) => received.push(chunk)));
  const socket = await open(server.url);
  const events = ending(socket);
  socket.send(new Blob([new Uint8Array(1000)]));
  socket.send('after it');
  socket.close(1000);
  connectionOf(socket).terminate();
  assert.deepEqual(await events, ENDED);
  assert.deepEqual(received, []);
  await server.close();
});

test('from a listener for frames, and in the middle of many sends', async () => {
  const server = await startEcho();
  const socket = await open(server.url);
  const connection = connectionOf(socket);
  let seen = 0;
  connection.addEventListener('frame', () => {
    seen += 1;
    if (seen === 10) connection.terminate();
  });
  const events = ending(socket);
  for (let i = 0; i < 100; i += 1) socket.send(`${i}`);
  assert.deepEqual(await events, ENDED);
  assert.equal(seen, 100, 'what was recorded is reported');
  await server.close();
});

test('a socket that waits for another attempt to the same host never connects', async () => {
  let connections = 0;
  const server = await listen(
    net.createServer((peer) => {
      connections += 1;
      peer.resume();
    }),
  );
  const first = new WebSocket(server.url);
  const second = new WebSocket(server.url);
  const events = ending(second);
  await pause(50);
  connectionOf(second).terminate();
  assert.deepEqual(await events, ENDED);
  const closed = next(first, 'close');
  connectionOf(first).terminate();
  await closed;
  assert.equal(connections, 1);
  await server.close();
});

test('a WebSocketStream, with messages that nobody reads and a write that pends', async () => {
  const server = await startAccepting((peer) => {
    peer.pause();
    peer.write(Buffer.concat(Array.from({ length: 50 }, () => Buffer.from([0x81, 1, 0x78]))));
  });
  const stream = new WebSocketStream(server.url);
  const { readable, writable } = await stream.opened;
  const connection = connectionOf(stream);
  const reader = readable.getReader();
  assert.equal((await reader.read()).value, 'x');
  const writing = writable.getWriter().write(new Uint8Array(20_000_000));
  await pause(20);
  connection.terminate();
  await assert.rejects(stream.closed, { name: 'WebSocketError', closeCode: 1006 });
  await assert.rejects(writing);
  await assert.rejects(reader.closed, { closeCode: 1006 });
  assert.equal(connection.failure.code, 'terminated');
  assert.equal(connection.transport, 'tcp');
  assert.ok(connection.statistics.received.messages > 0);
  await server.close();
});

test('a WebSocketStream that connects', async () => {
  const server = await listen(net.createServer((peer) => void peer.resume()));
  const stream = new WebSocketStream(server.url);
  connectionOf(stream).terminate();
  await assert.rejects(stream.opened, { name: 'WebSocketError' });
  await assert.rejects(stream.closed, { name: 'WebSocketError' });
  await server.close();
});

test('connectionOf() takes nothing but sockets and streams', () => {
  for (const other of [{}, new EventTarget(), WebSocket.prototype, WebSocketStream.prototype, undefined, null, 'x']) {
    assert.throws(() => connectionOf(/** @type {any} */ (other)), TypeError);
  }
});
