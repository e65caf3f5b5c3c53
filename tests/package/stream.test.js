// WebSocketStream and WebSocketError (WHATWG WebSockets, the text of the branch "add-websocketstream").
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { tcp, WebSocket } from 'websocket-wasm';
import { WebSocketError, WebSocketStream } from 'websocket-wasm/stream';
import { startEcho } from '../../scripts/servers.js';
import { frame as frameOf } from '../support/servers/frame.js';
import { acceptance, startRaw } from '../support/servers/raw.js';

const MiB = 1024 * 1024;
const frame = (opcode, payload) => frameOf(0x80 | opcode, Buffer.from(payload));
const domException = (name) => (error) => error instanceof DOMException && error.name === name;

let echo;
before(async () => {
  echo = await startEcho();
});
after(() => echo.close());

/** A server that answers each handshake as `then` says, while `use` runs. */
async function against(then, use) {
  const server = await startRaw((socket, request) => {
    socket.write(acceptance(request));
    then(socket, request);
  });
  try {
    await use(server.url);
  } finally {
    await server.close();
  }
}

/** All that a readable has still to give. */
async function rest(readable) {
  const chunks = [];
  for await (const chunk of readable) chunks.push(chunk);
  return chunks;
}

const second = () => new Promise((resolve) => setTimeout(resolve, 1000));

test('the interface has its shape', async () => {
  assert.equal(WebSocketStream.name, 'WebSocketStream');
  assert.equal(WebSocketStream.length, 1);
  assert.equal(WebSocketStream.prototype.close.length, 0);
  assert.equal(Object.prototype.toString.call(WebSocketStream.prototype), '[object WebSocketStream]');
  const members = [];
  for (const name in WebSocketStream.prototype) members.push(name);
  assert.deepEqual(members.sort(), ['close', 'closed', 'opened', 'url']);
  assert.throws(() => WebSocketStream.prototype.url, TypeError);
  assert.throws(() => WebSocketStream.prototype.close.call({}, { closeCode: 1 }), TypeError);
  await assert.rejects(WebSocketStream.prototype.opened, TypeError);
  await assert.rejects(WebSocketStream.prototype.closed, TypeError);
  assert.throws(() => WebSocketStream(echo.url), TypeError);
});

test('the constructor refuses what the standard refuses', () => {
  assert.throws(() => new WebSocketStream(), TypeError);
  for (const url of ['', 'ftp://host/', 'ws://host/#', 'ws://a b/']) {
    assert.throws(() => new WebSocketStream(url), domException('SyntaxError'), url);
  }
  for (const protocols of [['a', 'a'], ['a b'], ['']]) {
    assert.throws(() => new WebSocketStream(echo.url, { protocols }), domException('SyntaxError'));
  }
  for (const options of ['chat', 1, { protocols: 'chat' }, { protocols: 1 }, { protocols: null }, { signal: 'x' }]) {
    assert.throws(() => new WebSocketStream(echo.url, options), TypeError, JSON.stringify(options));
  }
});

test('opened tells what was agreed, and url the serialised URL', async () => {
  const stream = new WebSocketStream(echo.url.replace('ws:', 'http:'), { protocols: ['chat', 'other'] });
  assert.equal(stream.url, echo.url);
  assert.equal(stream.opened, stream.opened);
  const info = await stream.opened;
  assert.equal(info.protocol, 'chat');
  assert.equal(info.extensions, '');
  assert.ok(info.readable instanceof ReadableStream && info.writable instanceof WritableStream);
  stream.close();
  assert.deepEqual(await stream.closed, { closeCode: 1005, reason: '' });
});

test('options of the WebSocket are options here', async () => {
  let asked;
  const transport = (target) => {
    asked = target.port;
    return tcp(target);
  };
  const stream = new WebSocketStream(echo.url, { transport, maxMessageSize: 10 });
  const { writable, readable } = await stream.opened;
  assert.equal(asked, echo.port);
  await writable.getWriter().write('x'.repeat(11));
  await assert.rejects(rest(readable), { name: 'WebSocketError', closeCode: 1006, message: /10/ });
});

test('text comes as strings and bytes as Uint8Arrays; a chunk that is no bytes is sent as text', async () => {
  const stream = new WebSocketStream(echo.url);
  const { readable, writable } = await stream.opened;
  const writer = writable.getWriter();
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const sent = ['zwölf', '', bytes, bytes.buffer, bytes.subarray(1, 3), new DataView(bytes.buffer, 3), 5, null];
  for (const chunk of [...sent, 'a\uD800b', new Blob(['x'])]) writer.write(chunk);
  const reader = readable.getReader();
  const received = [];
  while (received.length < sent.length + 2) received.push((await reader.read()).value);
  await writer.close();
  assert.deepEqual(await reader.read(), { value: undefined, done: true });
  const text = ['5', 'null', 'a\uFFFDb', '[object Blob]'];
  const binary = [bytes, bytes, bytes.slice(1, 3), bytes.slice(3)];
  assert.deepEqual(received, ['zwölf', '', ...binary, ...text]);
  for (const chunk of received.slice(2, 6)) assert.equal(chunk.byteLength, chunk.buffer.byteLength);
});

test('bytes of another realm are bytes', async () => {
  const stream = new WebSocketStream(echo.url);
  const { readable, writable } = await stream.opened;
  const writer = writable.getWriter();
  const reader = readable.getReader();
  for (const code of [
    'Uint8Array.of(1, 2).buffer',
    'Uint8Array.of(1, 2)',
    'new DataView(Uint8Array.of(1, 2).buffer)',
  ]) {
    await writer.write(runInNewContext(code));
    assert.deepEqual((await reader.read()).value, Uint8Array.of(1, 2), code);
  }
  stream.close();
  await stream.closed;
});

test('bytes are copied at the write, and what no message can be made of errors the writable', async () => {
  const stream = new WebSocketStream(echo.url);
  const { readable, writable } = await stream.opened;
  const writer = writable.getWriter();
  const bytes = Uint8Array.of(1);
  const written = writer.write(bytes);
  bytes[0] = 2;
  await written;
  assert.deepEqual((await readable.getReader().read()).value, Uint8Array.of(1));
  await assert.rejects(writer.write(Symbol('x')), TypeError);
  stream.close();
  await stream.closed;
});

test('a server feels that nobody reads', async () => {
  const total = 200;
  let sent = 0;
  const send = async (socket) => {
    while (sent < total) {
      sent += 1;
      if (!socket.write(frame(2, Buffer.alloc(MiB)))) await new Promise((resolve) => socket.once('drain', resolve));
    }
    socket.write(frame(8, Buffer.from([3, 232])));
  };
  await against(send, async (url) => {
    const stream = new WebSocketStream(url);
    const { readable } = await stream.opened;
    const reader = readable.getReader();
    await reader.read();
    await second();
    assert.ok(sent < total / 2, `${sent} MiB were taken while one was read`);
    reader.releaseLock();
    let bytes = MiB;
    for await (const chunk of readable) bytes += chunk.length;
    assert.equal(bytes, total * MiB);
    assert.deepEqual(await stream.closed, { closeCode: 1000, reason: '' });
  });
});

test('a write waits while the server does not read', async () => {
  let peer;
  const pause = (socket) => {
    peer = socket.pause();
  };
  await against(pause, async (url) => {
    const stream = new WebSocketStream(url, { perMessageDeflate: false, closeTimeout: 100 });
    const { writable } = await stream.opened;
    const writer = writable.getWriter();
    let written = 0;
    const all = Promise.all(Array.from({ length: 100 }, () => writer.write(new Uint8Array(MiB)).then(() => written++)));
    await second();
    assert.ok(written < 50, `${written} MiB were written to who reads nothing`);
    peer.resume();
    await all;
    assert.equal(written, 100);
    stream.close();
    await assert.rejects(stream.closed, { closeCode: 1006 });
  });
});

test('abort() of the writable closes although a write pends', async () => {
  const frames = [];
  await against(
    (socket) => {
      socket.pause();
      setTimeout(() => socket.on('data', (chunk) => frames.push(chunk)).resume(), 500);
    },
    async (url) => {
      const stream = new WebSocketStream(url, { perMessageDeflate: false, closeTimeout: 2000 });
      stream.closed.catch(() => {});
      const writer = (await stream.opened).writable.getWriter();
      const writes = Array.from({ length: 32 }, () => writer.write(new Uint8Array(MiB)));
      for (const write of writes) write.catch(() => {});
      await writer.abort(new WebSocketError('enough', { closeCode: 4000, reason: 'enough' }));
      await assert.rejects(stream.closed, { closeCode: 1006 });
      // The Close frame is the last of all: masked, of 8 bytes.
      const last = Buffer.concat(frames).subarray(-14);
      assert.deepEqual([...last.subarray(0, 2)], [0x88, 0x80 | 8]);
    },
  );
});

test('a write pends while it, itself counted, is more than the buffer; a small one does not', async () => {
  let peer;
  const pause = (socket) => {
    peer = socket.pause();
  };
  await against(pause, async (url) => {
    const stream = new WebSocketStream(url, { perMessageDeflate: false, closeTimeout: 100 });
    const { writable } = await stream.opened;
    const writer = writable.getWriter();
    await writer.write('small');
    await writer.write(new Uint8Array(200 * 1024));
    let written = false;
    const large = writer.write(new Uint8Array(16 * MiB)).then(() => {
      written = true;
    });
    await second();
    assert.equal(written, false);
    peer.resume();
    await large;
    stream.close();
    await assert.rejects(stream.closed, { closeCode: 1006 });
  });
});

test('closing the writable resolves when the closing handshake is done', async () => {
  const answerLate = (socket) => {
    socket.once('data', () => setTimeout(() => socket.end(frame(8, Buffer.from([0x03, 0xe8]))), 500));
  };
  await against(answerLate, async (url) => {
    const stream = new WebSocketStream(url);
    const { writable } = await stream.opened;
    const writer = writable.getWriter();
    const settled = [];
    stream.closed.then(() => settled.push('closed'));
    const began = performance.now();
    await writer.close();
    assert.ok(performance.now() - began > 400);
    await writer.closed;
    assert.deepEqual(await stream.closed, { closeCode: 1000, reason: '' });
    assert.deepEqual(settled, ['closed']);
  });
});

test('closing the writable rejects where the closing handshake is never done', async () => {
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

test('what the server closed before it was written: write() rejects, closed has the code and the reason', async () => {
  const closes = (socket) => {
    socket.pause();
    const payload = Buffer.concat([Buffer.from([0x11, 0xd7]), Buffer.from('enough')]);
    setTimeout(() => socket.end(frame(8, payload)), 200);
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
    // The text of the standard: both streams are errored with that error.
    await assert.rejects(writer.closed, (reason) => reason === error);
    await assert.rejects(reading, (reason) => reason === error);
  });
});

test('the same where the server reads on after its Close frame, so that the handshake is done', async () => {
  const closes = (socket) => {
    socket.pause();
    const payload = Buffer.concat([Buffer.from([0x11, 0xd7]), Buffer.from('enough')]);
    setTimeout(() => socket.write(frame(8, payload)), 200);
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

test('messages in front of a Close frame are read before closed resolves, however late', async () => {
  const send = (socket) => {
    for (const text of ['a', 'b', 'c']) socket.write(frame(1, text));
    socket.end(frame(8, Buffer.concat([Buffer.from([0x0f, 0xa0]), Buffer.from('bye')])));
  };
  await against(send, async (url) => {
    const stream = new WebSocketStream(url);
    const { readable } = await stream.opened;
    await second();
    assert.deepEqual(await rest(readable), ['a', 'b', 'c']);
    assert.deepEqual(await stream.closed, { closeCode: 4000, reason: 'bye' });
  });
});

test('nobody need read for closed to settle when no message waits', async () => {
  await against(
    (socket) => socket.end(frame(8, Buffer.from([0x03, 0xe9]))),
    async (url) => {
      const stream = new WebSocketStream(url);
      const { writable } = await stream.opened;
      assert.deepEqual(await stream.closed, { closeCode: 1001, reason: '' });
      await assert.rejects(writable.getWriter().write('x'), domException('InvalidStateError'));
    },
  );
});

test('close() converts, then checks, then closes', async () => {
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

test('a connection that is lost errors both streams with the error of closed', async () => {
  await against(
    (socket) => socket.write(frame(1, 'last'), () => socket.destroy()),
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

test('a code that only a server may say is not sent back', async () => {
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

test("a signal gives up connecting, with its reason, and does nothing once it's open", async () => {
  const reason = new Error('mine');
  const aborted = new WebSocketStream(echo.url, { signal: AbortSignal.abort(reason) });
  await assert.rejects(aborted.opened, (error) => error === reason);
  await assert.rejects(aborted.closed, (error) => error === reason);

  const controller = new AbortController();
  const connecting = new WebSocketStream(echo.url, { signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(connecting.opened, (error) => error === reason);
  await assert.rejects(connecting.closed, (error) => error === reason);

  const late = new AbortController();
  const stream = new WebSocketStream(echo.url, { signal: late.signal });
  const { readable, writable } = await stream.opened;
  late.abort(reason);
  await writable.getWriter().write('still here');
  assert.equal((await readable.getReader().read()).value, 'still here');
  stream.close();
  await stream.closed;
});

test('WebSocketError is a DOMException with a code and a reason', () => {
  const error = new WebSocketError();
  assert.ok(error instanceof DOMException);
  assert.deepEqual([error.name, error.message, error.closeCode, error.reason], ['WebSocketError', '', null, '']);
  assert.equal(WebSocketError.length, 0);
  const full = new WebSocketError('m', { closeCode: '3000', reason: 'r\uDC00' });
  assert.deepEqual([full.message, full.closeCode, full.reason], ['m', 3000, 'r\uFFFD']);
  assert.equal(new WebSocketError('', { reason: 'r' }).closeCode, 1000);
  assert.throws(() => new WebSocketError('', { closeCode: 1001 }), domException('InvalidAccessError'));
  assert.throws(() => new WebSocketError('', { closeCode: 70_000 }), TypeError);
  assert.throws(() => new WebSocketError('', { reason: 'x'.repeat(124) }), domException('SyntaxError'));
  assert.throws(() => WebSocketError.prototype.closeCode, TypeError);
});

test('the class beside it is the same as from the default entry', async () => {
  const socket = new WebSocket(echo.url);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  socket.close();
  await new Promise((resolve) => socket.addEventListener('close', resolve));
});
