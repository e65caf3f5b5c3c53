// Messages for which there is no memory: their connection fails, and no other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { startEcho } from '../../scripts/servers.js';
import { moduleArgs, runNode } from '../support/process.js';
import { closeCode, frame } from '../support/servers/frame.js';
import { startAccepting } from '../support/servers/raw.js';
import { refusingBuffers } from './support/refused-buffers.js';

const MiB = 1024 * 1024;

/** A program that follows a socket to its end, beside another that must stay open, and prints the outcome as JSON. */
const FOLLOW = `
  import { connectionOf, WebSocket } from 'websocket-wasm';
  import { echoed, next, shut } from '../support/events.js';
  async function follow(url, echoUrl, options) {
    const witness = new WebSocket(echoUrl);
    await next(witness, 'open');
    const socket = new WebSocket(url, options);
    const messages = [];
    socket.onmessage = ({ data }) => messages.push(data.size ?? data.length);
    const { code } = await next(socket, 'close');
    const { code: failure } = connectionOf(socket).failure;
    const seen = { code, failure, messages, witness: await echoed(witness, 'still open') };
    await shut(witness);
    console.log(JSON.stringify(seen));
  }
`;

/**
 * Runs such a program against a server that accepts and then sends these chunks.
 * @param {Buffer[]} chunks
 * @param {(url: string, echoUrl: string) => string} programOf
 * @param {{ headers?: string[], args?: string[] }} [options] of the server's response, and Node's own
 * @returns {Promise<any>} the outcome that it printed, and the code of the Close frame that it sent
 */
async function follow(chunks, programOf, { headers = [], args = [] } = {}) {
  let sent;
  const echo = await startEcho();
  const server = await startAccepting(
    (socket) => {
      for (const chunk of chunks) socket.write(chunk);
      socket.on('data', (chunk) => {
        sent ??= chunk;
      });
    },
    ...headers,
  );
  try {
    const program = programOf(server.url, echo.url);
    const { status, output } = await runNode([...args, ...moduleArgs(program)], import.meta.dirname);
    assert.equal(status, 0, output);
    return { ...JSON.parse(output), sent: sent && closeCode(sent) };
  } finally {
    await server.close();
    await echo.close();
  }
}

test('a text that is longer than the longest string fails its connection with 1009', async () => {
  // It is half a MiB when compressed.
  const text = Buffer.alloc(16 * MiB, 'x');
  const deflate = zlib.deflateRawSync(text, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  const fragment = deflate.subarray(0, -4);
  const block = Buffer.from([0x00, 0x00, 0xff, 0xff]);
  const frames = [];
  for (let i = 0; i < 36; i += 1) frames.push(frame(i === 0 ? 0x41 : 0x00, Buffer.concat([fragment, block])));
  const chunks = [frame(0x81, 'before'), ...frames, frame(0x80, [0]), frame(0x81, 'after')];
  const program = (url, echoUrl) => `${FOLLOW} await follow('${url}', '${echoUrl}', { maxMessageSize: 2 ** 31 });`;
  const end = await follow(chunks, program, { headers: ['Sec-WebSocket-Extensions: permessage-deflate'] });
  const failed = { code: 1006, failure: 'message-too-big', sent: 1009 };
  assert.deepEqual(end, { ...failed, messages: ['before'.length], witness: 'still open' });
});

test('a message for which the engine refuses a buffer fails its connection with 1009', async () => {
  const chunks = [10, 5_000, 3].map((size) => frame(0x82, Buffer.alloc(size)));
  const program = (url, echoUrl) => `${FOLLOW} await follow('${url}', '${echoUrl}', {});`;
  const args = refusingBuffers(5_000);
  const end = await follow(chunks, program, { args });
  assert.deepEqual(end, { code: 1006, failure: 'out-of-memory', messages: [10], witness: 'still open', sent: 1009 });
});

test('output for which the engine refuses a buffer fails its connection, and no other', async () => {
  // The payload, a header of 4 bytes and the masking key; or memory that may be used again for more than that.
  const args = refusingBuffers(5_008, 2 ** 13 + 256);
  const program = (url, echoUrl) =>
    FOLLOW.replace('const messages', 'socket.onopen = () => socket.send(new Uint8Array(5_000)); const messages') +
    `await follow('${url}', '${echoUrl}', { perMessageDeflate: false });`;
  const end = await follow([], program, { args });
  assert.deepEqual(end, { code: 1006, failure: 'out-of-memory', messages: [], witness: 'still open', sent: undefined });
});

test('a message within the limit for which the core has no memory fails its connection with 1009', async () => {
  // Compressed: the payload of others stays outside of the core.
  const deflate = zlib.deflateRawSync(Buffer.alloc(16 * MiB), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  const chunks = [frame(0x42, deflate), ...Array.from({ length: 12 }, () => frame(0x00, deflate))];
  const program = (url, echoUrl) => `${FOLLOW.replace("'websocket-wasm'", "'websocket-wasm/slim'")}
    import { initSync } from 'websocket-wasm/slim';
    import { limitedWasm } from '../support/wasm.js';
    initSync(limitedWasm(new URL(import.meta.resolve('websocket-wasm/websocket_wasm.wasm')), ${64 * MiB}));
    await follow('${url}', '${echoUrl}', {});`;
  const end = await follow(chunks, program, { headers: ['Sec-WebSocket-Extensions: permessage-deflate'] });
  assert.deepEqual(end, { code: 1006, failure: 'out-of-memory', messages: [], witness: 'still open', sent: 1009 });
});
