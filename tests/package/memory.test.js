// No memory for a message: that connection fails, and no other.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { frame, head } from '../servers/frame.js';
import { acceptance, startRaw } from '../servers/raw.js';

const MiB = 1024 * 1024;

/** What a program prints, as JSON; it ends by itself. */
async function run(script, ...args) {
  const child = spawn('node', [...args, '--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [status] = await once(child, 'exit');
  assert.equal(status, 0, output);
  return JSON.parse(output);
}

/** Follows a socket to its end, beside another that must go on. */
const FOLLOW = `
  import { readFileSync } from 'node:fs';
  import { connectionOf, WebSocket } from 'websocket-wasm';
  const next = (socket, type) => new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));
  async function follow(url, echoUrl, options) {
    const witness = new WebSocket(echoUrl);
    await next(witness, 'open');
    const socket = new WebSocket(url, options);
    const messages = [];
    socket.onmessage = ({ data }) => messages.push(data.size ?? data.length);
    const { code } = await next(socket, 'close');
    const { code: failure, message } = connectionOf(socket).failure;
    witness.send('still here');
    const { data } = await next(witness, 'message');
    witness.close();
    await next(witness, 'close');
    console.log(JSON.stringify({ code, failure, message, messages, witness: data }));
  }
`;

/** A server that accepts and then sends \`bytes\`; one that echoes texts; while \`use\` runs. */
async function against(accepting, bytes, use) {
  let sent;
  const server = await startRaw((socket, request) => {
    socket.write(acceptance(request, ...accepting));
    for (const chunk of bytes) socket.write(chunk);
    socket.on('data', (chunk) => {
      sent ??= chunk;
    });
  });
  const { startEcho } = await import('../../scripts/servers.js');
  const echo = await startEcho();
  try {
    await use(server.url, echo.url, () => sent);
  } finally {
    await echo.close();
    await server.close();
  }
}

/** The code of a masked Close frame. */
const closeCode = (bytes) => ((bytes[6] ^ bytes[2]) << 8) | (bytes[7] ^ bytes[3]);

test('a text that is longer than a string may be fails its connection with 1009', async () => {
  // Compressed it is half a MiB.
  const text = Buffer.alloc(16 * MiB, 'x');
  const deflate = zlib.deflateRawSync(text, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  const fragment = deflate.subarray(0, -4);
  const block = Buffer.from([0x00, 0x00, 0xff, 0xff]);
  const frames = [];
  for (let i = 0; i < 36; i += 1) frames.push(frame(i === 0 ? 0x41 : 0x00, Buffer.concat([fragment, block])));
  frames.push(frame(0x80, Buffer.from([0x00])));
  frames.push(frame(0x81, Buffer.from('after')));
  const bytes = [frame(0x81, Buffer.from('before')), ...frames];
  await against(['Sec-WebSocket-Extensions: permessage-deflate'], bytes, async (url, echoUrl, sent) => {
    const end = await run(`${FOLLOW} await follow('${url}', '${echoUrl}', { maxMessageSize: 2 ** 31 });`);
    assert.deepEqual(end, {
      code: 1006,
      failure: 'message-too-big',
      message: 'a message is too large for this environment',
      messages: [6],
      witness: 'still here',
    });
    assert.equal(closeCode(sent()), 1009);
  });
});

test('a buffer that the engine refuses fails its connection', async () => {
  const bytes = [frame(0x82, Buffer.alloc(10)), frame(0x82, Buffer.alloc(5_000)), frame(0x82, Buffer.alloc(3))];
  await against([], bytes, async (url, echoUrl, sent) => {
    // As an engine does that has no more memory for buffers.
    const script = `${FOLLOW}
      const { slice } = Uint8Array.prototype;
      Uint8Array.prototype.slice = function (...range) {
        if (this.length === 5_000) throw new RangeError('Array buffer allocation failed');
        return slice.apply(this, range);
      };
      await follow('${url}', '${echoUrl}', {});`;
    const { failure, messages, witness } = await run(script);
    assert.deepEqual([failure, messages, witness], ['out-of-memory', [10], 'still here']);
    assert.equal(closeCode(sent()), 1009);
  });
});

test('no memory in the core for a message within the limit: it says so, with 1009', async () => {
  const bytes = [Buffer.concat([head(0x82, 200 * MiB), Buffer.alloc(0)]), ...Array(200).fill(Buffer.alloc(MiB))];
  await against([], bytes, async (url, echoUrl, sent) => {
    const script = `${FOLLOW.replace("'websocket-wasm'", "'websocket-wasm/slim'")}
      import { initSync } from 'websocket-wasm/slim';
      import { limitedWasm } from '../limited.js';
      initSync(limitedWasm(new URL(import.meta.resolve('websocket-wasm/websocket_wasm.wasm')), ${64 * MiB}));
      await follow('${url}', '${echoUrl}', {});`;
    const { failure, message, witness } = await run(script);
    assert.deepEqual([failure, witness], ['out-of-memory', 'still here']);
    assert.match(message, /^out of memory/);
    assert.equal(closeCode(sent()), 1009);
  });
});
