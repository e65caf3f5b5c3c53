// The server and the relay of `npm run bench -- page`: what they send, and that they notice what a client does wrong.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { startWorker } from '../../benches/harness/worker.js';
import { contents } from '../../benches/page/contents.js';

let server;
let origin;
before(async () => {
  server = startWorker(new URL('../../benches/page/server.js', import.meta.url), ['the server']);
  origin = `ws://127.0.0.1:${await server.call('port')}`;
});
after(() => server.stop());

/** Sends messages on a connection of its own. Resolves with the messages received once it is closed, or there are so many. */
function exchange(path, sent, count) {
  const socket = new WebSocket(origin + path, { perMessageDeflate: false });
  const received = [];
  return new Promise((resolve) => {
    socket.on('open', () => {
      for (const message of sent) socket.send(message);
    });
    socket.on('message', (data, isBinary) => {
      received.push(isBinary ? data : `${data}`);
      if (received.length === count) socket.close();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
  });
}

const text = `${contents(300, true)}`;

test('as many messages are sent as the URL says', async () => {
  const received = await exchange('/recv?size=300&text=1&count=700', ['go'], 700);
  assert.deepEqual(new Set(received), new Set([text]));
  assert.equal(received.length, 700);
  const large = await exchange('/recv?size=70000&text=0&count=2', ['go'], 2);
  assert.deepEqual(large, [contents(70_000, false), contents(70_000, false)]);
});

test('batches are answered, and an echo is the same message', async () => {
  const sent = Array(6).fill(text);
  assert.equal((await exchange('/send?size=300&text=1&count=6&batch=3&compare=1', sent, 2)).length, 2);
  assert.deepEqual(await exchange('/echo?size=300&text=1&count=1&batch=1', [text], 1), [text]);
  assert.deepEqual(await server.call('failures'), []);
});

test('messages that differ are noticed', async () => {
  const path = '/send?size=300&text=1&count=1&batch=1&compare=1';
  assert.deepEqual(await exchange(path, [text.slice(1)], 1), []);
  assert.deepEqual(await server.call('failures'), ['Error: a message of 299 bytes, expected 300']);
  assert.deepEqual(await exchange(path, [`${text.slice(1)} `], 1), []);
  assert.deepEqual(await server.call('failures'), ['Error: a message with other content']);
});

/** A packet of Wisp. */
const packet = (type, ...payload) => Buffer.from([type, 9, 0, 0, 0, ...payload]);

test('the relay carries streams, in packets of any number of frames', async () => {
  const socket = new WebSocket(`${origin}/wisp/`, { perMessageDeflate: false });
  const request =
    'GET /recv?size=5&text=1&count=2 HTTP/1.1\r\nHost: host\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
  const packets = [];
  await new Promise((resolve) => {
    socket.on('open', () => {
      socket.send(packet(1, 1, 80, 0, ...Buffer.from('host')));
      const data = packet(2, ...Buffer.from(request), 0x81, 0x81, 1, 2, 3, 4, 5);
      for (let at = 0; at < data.length; at += 1) {
        socket.send(data.subarray(at, at + 1), { binary: true, fin: at === data.length - 1 });
      }
    });
    socket.on('message', (data) => {
      packets.push(/** @type {Buffer} */ (data));
      if (packets.length === 3) socket.close();
    });
    socket.on('close', resolve);
  });
  const [credit, head, messages] = packets;
  assert.deepEqual(credit?.subarray(0, 5), Buffer.from([3, 0, 0, 0, 0]));
  assert.match(
    `${head?.subarray(5)}`,
    /^HTTP\/1\.1 101 [\s\S]*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/,
  );
  const frame = Buffer.concat([Buffer.from([0x81, 5]), contents(5, true)]);
  assert.deepEqual(messages, Buffer.concat([packet(2), frame, frame]));
});
