// How a WebSocketStream ends (WHATWG WebSockets, the branch "add-websocketstream").
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocketError, WebSocketStream } from 'websocket-wasm/stream';
import { pause, until } from '../support/events.js';
import { sharedEcho } from '../support/servers/echo.js';
import { closeFrame, frame } from '../support/servers/frame.js';
import { against } from '../support/servers/raw.js';
import { chunksOf } from '../support/streams.js';
import { domException } from './support/exceptions.js';

const MiB = 1024 * 1024;

const echo = sharedEcho();

test('abort() of the writable closes the connection while writes pend', async () => {
  let last = Buffer.alloc(0);
  const receive = (chunk) => {
    last = Buffer.concat([last, chunk]).subarray(-14);
  };
  await against(
    (socket) => {
      socket.pause();
      setTimeout(() => socket.on('data', receive).resume(), 500);
    },
    async (url) => {
      const stream = new WebSocketStream(url, { perMessageDeflate: false, closeTimeout: 2000 });
      stream.closed.catch(() => {});
      const writer = (await stream.opened).writable.getWriter();
      const writes = Array.from({ length: 32 }, () => writer.write(new Uint8Array(MiB)));
      for (const write of writes) write.catch(() => {});
      await writer.abort(new WebSocketError('enough', { closeCode: 4000, reason: 'enough' }));
      await assert.rejects(stream.closed, { closeCode: 1006 });
      // The last frame is the Close frame: masked, with a payload of 8 bytes. The server may still be reading what is before it.
      await until(() => last[0] === 0x88 && last[1] === (0x80 | 8));
    },
  );
});

test('close() of the writer resolves when the closing handshake is complete', async () => {
  let isAnswered = false;
  const answerLate = (socket) => {
    socket.once('data', () => {
      setTimeout(() => {
        isAnswered = true;
        socket.end(closeFrame(1000));
      }, 200);
    });
  };
  await against(answerLate, async (url) => {
    const stream = new WebSocketStream(url);
    const { writable } = await stream.opened;
    const writer = writable.getWriter();
    const settled = [];
    stream.closed.then(() => settled.push('closed'));
    await writer.close();
    assert.ok(isAnswered);
    await writer.closed;
    assert.deepEqual(await stream.closed, { closeCode: 1000, reason: '' });
    assert.deepEqual(settled, ['closed']);
  });
});

test('close() of the writer rejects when the closing handshake is never completed', async () => {
  await against(
    () => {},
    async (url) => {
      const stream = new WebSocketStream(url, { closeTimeout: 100 });
      const writer = (await stream.opened).writable.getWriter();
      const error = await writer.close().catch((reason) => reason);
      assert.ok(error instanceof WebSocketError);
      assert.equal(error.closeCode, 1006);
      await assert.rejects(stream.closed, (reason) => reason === error);
    },
  );
});

test('if the server closes before a write is flushed, write() rejects; closed has the code and the reason', async () => {
  const closes = (socket) => {
    socket.pause();
    setTimeout(() => socket.end(closeFrame(4567, 'enough')), 200);
  };
  await against(closes, async (url) => {
    const stream = new WebSocketStream(url, { perMessageDeflate: false });
    const { readable, writable } = await stream.opened;
    const writer = writable.getWriter();
    const reading = readable.getReader().read();
    reading.catch(() => {});
    await assert.rejects(writer.write(new Uint8Array(20 * MiB)), domException('InvalidStateError'));
    const error = await stream.closed.catch((reason) => reason);
    assert.ok(error instanceof WebSocketError);
    assert.deepEqual([error.closeCode, error.reason], [4567, 'enough']);
    // By the standard both streams are errored with that error.
    await assert.rejects(writer.closed, (reason) => reason === error);
    await assert.rejects(reading, (reason) => reason === error);
  });
});

test('the same if the server continues to read after its Close frame, so that the handshake is completed', async () => {
  const closes = (socket) => {
    socket.pause();
    setTimeout(() => socket.write(closeFrame(4567, 'enough')), 200);
    setTimeout(() => socket.on('end', () => socket.end()).resume(), 400);
  };
  await against(closes, async (url) => {
    const stream = new WebSocketStream(url, { perMessageDeflate: false });
    const { writable } = await stream.opened;
    const writer = writable.getWriter();
    await assert.rejects(writer.write(new Uint8Array(20 * MiB)), domException('InvalidStateError'));
    const error = await stream.closed.catch((reason) => reason);
    assert.ok(error instanceof WebSocketError);
    assert.deepEqual([error.closeCode, error.reason], [4567, 'enough']);
    await assert.rejects(writer.closed, (reason) => reason === error);
  });
});

test('a write after close() rejects', async () => {
  const stream = new WebSocketStream(echo.url);
  const writer = (await stream.opened).writable.getWriter();
  stream.close();
  await assert.rejects(writer.write('late'), domException('InvalidStateError'));
  await stream.closed;
});

test('messages before a Close frame are read before closed resolves, however late', async () => {
  const send = (socket) => {
    for (const text of ['a', 'b', 'c']) socket.write(frame(0x81, text));
    socket.end(closeFrame(4000, 'bye'));
  };
  await against(send, async (url) => {
    const stream = new WebSocketStream(url);
    const { readable } = await stream.opened;
    await pause(1_000);
    assert.deepEqual(await chunksOf(readable), ['a', 'b', 'c']);
    assert.deepEqual(await stream.closed, { closeCode: 4000, reason: 'bye' });
  });
});

test('closed settles without a reader if no message is queued', async () => {
  await against(
    (socket) => socket.end(closeFrame(1001)),
    async (url) => {
      const stream = new WebSocketStream(url);
      const { writable } = await stream.opened;
      assert.deepEqual(await stream.closed, { closeCode: 1001, reason: '' });
      await assert.rejects(writable.getWriter().write('x'), domException('InvalidStateError'));
    },
  );
});

test('close() converts its argument, then validates it, then closes', async () => {
  const stream = new WebSocketStream(echo.url);
  await stream.opened;
  for (const closeCode of [65_536, -1, Number.NaN, Infinity, 'x']) {
    assert.throws(() => stream.close({ closeCode }), TypeError, `${closeCode}`);
  }
  for (const closeCode of [0, 999, 1001, 2999, 5000, null]) {
    assert.throws(() => stream.close({ closeCode }), domException('InvalidAccessError'), `${closeCode}`);
  }
  assert.throws(() => stream.close({ reason: 'x'.repeat(124) }), domException('SyntaxError'));
  assert.throws(() => stream.close('x'), TypeError);
  stream.close({ closeCode: 3000.9, reason: 'well' });
  assert.deepEqual(await stream.closed, { closeCode: 3000, reason: 'well' });
  assert.throws(() => stream.close({ closeCode: 1 }), domException('InvalidAccessError'));
  stream.close();
});

test('a reason without a code closes with 1000', async () => {
  const stream = new WebSocketStream(echo.url);
  await stream.opened;
  stream.close({ reason: 'just so' });
  assert.deepEqual(await stream.closed, { closeCode: 1000, reason: 'just so' });
});

test('close() while connecting rejects both promises', async () => {
  const stream = new WebSocketStream(echo.url);
  stream.close({ closeCode: 3000 });
  await assert.rejects(stream.opened, { name: 'WebSocketError', closeCode: null });
  await assert.rejects(stream.closed, { name: 'WebSocketError', closeCode: 1006, reason: '' });
});

test('a lost connection errors both streams with the error of closed', async () => {
  await against(
    (socket) => socket.write(frame(0x81, 'last'), () => socket.destroy()),
    async (url) => {
      const stream = new WebSocketStream(url);
      const { readable, writable } = await stream.opened;
      const reader = readable.getReader();
      assert.equal((await reader.read()).value, 'last');
      const error = await stream.closed.catch((reason) => reason);
      assert.ok(error instanceof WebSocketError);
      assert.deepEqual([error.closeCode, error.reason], [1006, '']);
      await assert.rejects(reader.read(), (reason) => reason === error);
      await assert.rejects(writable.getWriter().closed, (reason) => reason === error);
    },
  );
});

for (const [name, end] of [
  ['cancelling the readable', ({ readable }, reason) => readable.cancel(reason)],
  ['aborting the writable', ({ writable }, reason) => writable.abort(reason)],
]) {
  test(`${name} closes, with the code and reason of a WebSocketError`, async () => {
    const closes = async (reason) => {
      const stream = new WebSocketStream(echo.url);
      await end(await stream.opened, reason);
      return stream.closed;
    };
    const error = new WebSocketError('gone', { closeCode: 3456, reason: 'pocahontas' });
    assert.deepEqual(await closes(error), { closeCode: 3456, reason: 'pocahontas' });
    assert.deepEqual(await closes(new WebSocketError('', { reason: 'r' })), { closeCode: 1000, reason: 'r' });
    assert.deepEqual(await closes(new Error('other')), { closeCode: 1005, reason: '' });
  });
}

test('cancel() with an error whose code must not be sent closes without a code', async () => {
  let lost;
  await against(
    (socket) => socket.destroy(),
    async (url) => {
      lost = await new WebSocketStream(url).closed.catch((reason) => reason);
    },
  );
  assert.equal(lost.closeCode, 1006);
  const stream = new WebSocketStream(echo.url);
  await (await stream.opened).readable.cancel(lost);
  assert.deepEqual(await stream.closed, { closeCode: 1005, reason: '' });
});
