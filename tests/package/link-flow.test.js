// How a link (a transport by callbacks) is paused, resumed and ended, as docs/api.md describes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOf, WebSocket, WebSocketStream } from 'websocket-wasm/stream';
import { moduleArgs, runNode } from '../support/process.js';
import { frame } from '../support/servers/frame.js';
import { acceptance } from '../support/servers/raw.js';
import { next, pause } from './support/sockets.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const OPTIONS = { perMessageDeflate: false };

/**
 * A link to a server in memory that accepts. It records the calls, and delivers the bytes passed to `deliver`.
 * @param {{ onResume?: (link: any) => void }} [options]
 */
function recordingLink({ onResume = () => {} } = {}) {
  const calls = [];
  const written = [];
  let sink;
  const link = {
    calls,
    written,
    paused: false,
    deliver: (chunk) => sink.data(chunk),
    endByServer: () => sink.end(),
    open: (opened) => {
      sink = opened;
    },
    write: (chunk, flushed) => {
      calls.push('write');
      written.push(Buffer.from(chunk));
      if (written.length === 1) sink.data(Buffer.from(acceptance(`${written[0]}`)));
      flushed();
    },
    pause: () => {
      calls.push('pause');
      link.paused = true;
    },
    resume: () => {
      calls.push('resume');
      link.paused = false;
      onResume(link);
    },
    end: () => calls.push('end'),
    destroy: () => calls.push('destroy'),
  };
  return link;
}

test('a link is not left paused when its connection has failed, so that it can deliver its end', async () => {
  const link = recordingLink();
  const socket = new WebSocket('ws://memory.example/', { ...OPTIONS, transport: () => link });
  await next(socket, 'open');
  link.deliver(Buffer.concat([frame(0x81, 'good'), Buffer.of(0xff, 0)]));
  await next(socket, 'close');
  await pause();
  assert.equal(link.paused, false);
  assert.deepEqual(link.calls.filter((call) => call === 'write' || call === 'end').slice(-2), ['write', 'end']);
});

test('a link that is paused because messages are queued is resumed when the connection closes', async () => {
  const link = recordingLink();
  const socket = new WebSocket('ws://memory.example/', { ...OPTIONS, highWaterMark: 1, transport: () => link });
  await next(socket, 'open');
  link.deliver(Buffer.concat([frame(0x81, 'one'), frame(0x81, 'two'), frame(0x81, 'three')]));
  assert.ok(link.paused);
  socket.close();
  link.endByServer();
  await next(socket, 'close');
  assert.equal(link.paused, false);
});

test('a message that is still being received counts as unread after one that is not read', async () => {
  const link = recordingLink();
  const { readable } = await new WebSocketStream('ws://memory.example/', { ...OPTIONS, transport: () => link }).opened;
  assert.ok(readable);
  // The stream has room for one, the core keeps the others.
  for (let i = 0; i < 3; i += 1) link.deliver(frame(0x82, 'held'));
  await pause();
  const fragment = frame(0x00, Buffer.alloc(64 * KiB));
  link.deliver(frame(0x02, Buffer.alloc(64 * KiB)));
  let fragments = 1;
  while (!link.paused && fragments < 256) {
    link.deliver(fragment);
    fragments += 1;
  }
  assert.ok(link.paused, `${fragments} fragments of 64 KiB were read`);
  assert.ok(fragments >= 8 && fragments <= 32, `${fragments}`);
});

test('a link that delivers without end when it is resumed is paused, and resumed in a later turn', async () => {
  let resumes = 0;
  const ping = frame(0x89, Buffer.alloc(100));
  const link = recordingLink({
    onResume: (resumed) => {
      resumes += 1;
      for (let bytes = 0; !resumed.paused && bytes < 64 * MiB && resumes < 4; bytes += ping.length)
        resumed.deliver(ping);
    },
  });
  const socket = new WebSocket('ws://memory.example/', { ...OPTIONS, highWaterMark: 1, transport: () => link });
  await next(socket, 'open');
  link.deliver(Buffer.concat([frame(0x81, 'one'), frame(0x81, 'two')]));
  assert.ok(link.paused);
  while (resumes < 4) await pause();
  assert.ok(link.calls.filter((call) => call === 'pause').length >= 3);
  assert.equal(socket.readyState, WebSocket.OPEN);
  socket.close();
  link.endByServer();
  await next(socket, 'close');
  assert.equal(connectionOf(socket).failure?.code, 'closed-without-close-frame');
});

test('when the page goes away everything is written, with the Close frame at the end', async () => {
  const program = `
    globalThis.document = { baseURI: 'http://page.example/', hidden: true };
    const hide = [];
    globalThis.addEventListener = (type, listener) => type === 'pagehide' && hide.push(listener);
    const { WebSocket } = await import('websocket-wasm');
    const { acceptance } = await import('../support/servers/raw.js');
    const written = [];
    let sink;
    const link = {
      open: (opened) => { sink = opened; },
      write: (chunk) => {
        written.push(Buffer.from(chunk));
        if (written.length === 1) sink.data(Buffer.from(acceptance(String(written[0]))));
      },
      pause() {}, resume() {}, end() {}, destroy() {},
    };
    const socket = new WebSocket('ws://memory.example/', { perMessageDeflate: false, transport: () => link });
    socket.onopen = () => {
      for (let i = 0; i < 12; i += 1) socket.send(new Uint8Array(${MiB}));
      for (const listener of hide) listener({ isTrusted: true, persisted: false });
      const bytes = Buffer.concat(written.slice(1));
      console.log(JSON.stringify([bytes.length > 12 * ${MiB}, bytes.at(-8)]));
      process.exit();
    };`;
  const { status, output } = await runNode(moduleArgs(program), import.meta.dirname);
  assert.equal(status, 0, output);
  // A Close frame with a code: FIN and the opcode, the length with the mask bit, the key and two bytes.
  assert.deepEqual(JSON.parse(output), [true, 0x88]);
});
