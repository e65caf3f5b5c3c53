// Back-pressure of a WebSocketStream (WHATWG WebSockets, the branch "add-websocketstream").
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocketStream } from 'websocket-wasm/stream';
import { pause } from '../support/events.js';
import { closeFrame, frame } from '../support/servers/frame.js';
import { against } from '../support/servers/raw.js';

const MiB = 1024 * 1024;

test('a server is stopped while the stream is not read', async () => {
  const total = 200;
  let sent = 0;
  const send = async (socket) => {
    while (sent < total) {
      sent += 1;
      if (!socket.write(frame(0x82, Buffer.alloc(MiB)))) await new Promise((resolve) => socket.once('drain', resolve));
    }
    socket.write(closeFrame(1000));
  };
  await against(send, async (url) => {
    const stream = new WebSocketStream(url);
    const { readable } = await stream.opened;
    const reader = readable.getReader();
    await reader.read();
    await pause(1_000);
    assert.ok(sent < total / 2, `the server sent ${sent} MiB while one was read`);
    reader.releaseLock();
    let bytes = MiB;
    for await (const chunk of readable) bytes += chunk.length;
    assert.equal(bytes, total * MiB);
    assert.deepEqual(await stream.closed, { closeCode: 1000, reason: '' });
  });
});

/** Opens a stream to a server that reads nothing until `resume()`, and closes it after `use`. */
async function againstPaused(use) {
  let peer;
  const stop = (socket) => {
    peer = socket.pause();
  };
  await against(stop, async (url) => {
    const stream = new WebSocketStream(url, { perMessageDeflate: false, closeTimeout: 100 });
    const { writable } = await stream.opened;
    await use(writable.getWriter(), () => peer.resume());
    stream.close();
    // The server never answers.
    await assert.rejects(stream.closed, { closeCode: 1006 });
  });
}

test('writes pend while the server does not read', async () => {
  await againstPaused(async (writer, resume) => {
    let written = 0;
    const all = Promise.all(Array.from({ length: 100 }, () => writer.write(new Uint8Array(MiB)).then(() => written++)));
    await pause(1_000);
    assert.ok(written < 50, `${written} MiB were written while the server read nothing`);
    resume();
    await all;
    assert.equal(written, 100);
  });
});

test('a write pends while bufferedAmount with it is above the limit; a small one does not', async () => {
  await againstPaused(async (writer, resume) => {
    await writer.write('small');
    await writer.write(new Uint8Array(200 * 1024));
    let written = false;
    const large = writer.write(new Uint8Array(16 * MiB)).then(() => {
      written = true;
    });
    await pause(1_000);
    assert.equal(written, false);
    resume();
    await large;
  });
});
