// What a link of the Wisp transport sends over the browser's own WebSocket, which needs no copies of packets.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { testInBrowsers } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import { CONTINUE, DATA, packet, startScripted } from '../support/servers/relay.js';

/** How many packets the relay lets a stream send before it answers. */
const CREDIT = 2;
const MAX_PAYLOAD = 64 * 1024 - 5;

/** The payloads that arrived, of all connections. */
let received = [];
let pages;
let relay;
before(async () => {
  pages = await servePages();
  relay = await startScripted(
    (carrier, { type, id, payload }) => {
      if (type !== DATA) return;
      received.push(payload);
      // Later: the rest of a chunk has to wait.
      setTimeout(() => carrier.send(packet(CONTINUE, id, CREDIT, 0, 0, 0)), 5);
    },
    { credit: CREDIT },
  );
});
after(async () => {
  await relay?.close();
  await pages?.close();
});

/** Runs in the page: writes chunks as the driver does or as a user does, and returns the bytes around the chunks. */
async function write({ relay, owned, lengths, isReplaced }) {
  if (isReplaced) {
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      // As a script that records what is sent may keep it.
      Promise.resolve().then(() => send.call(this, data));
    };
  }
  const { wisp } = await import(new URL('/dist/transports.js', self.origin).href);
  const { signal } = new AbortController();
  const link = await wisp(relay)({ hostname: 'host.test', port: 80, secure: false, url: 'ws://host.test/', signal });
  const [before, behind] = [20, 7];
  const buffers = lengths.map((length, index) => {
    const bytes = new Uint8Array(before + length + behind).fill(0xee);
    for (let i = 0; i < length; i += 1) bytes[before + i] = (i * 31 + index) % 251;
    return bytes;
  });
  link.open({ data() {}, end() {}, fail() {} });
  const writes = buffers.map((bytes) => {
    const chunk = bytes.subarray(before, bytes.length - behind);
    return new Promise((resolve) => {
      link.write(chunk, () => resolve(undefined), ...(owned ? [true] : []));
    });
  });
  await Promise.all(writes);
  link.end();
  const intact = buffers.every((bytes, index) => {
    const isSame = (byte, at) => {
      const i = at - before;
      return byte === (i < 0 || i >= lengths[index] ? 0xee : (i * 31 + index) % 251);
    };
    return bytes.every(isSame);
  });
  return { headroom: link.headroom, intact };
}

const LENGTHS = [1, 1000, MAX_PAYLOAD, MAX_PAYLOAD + 1, 300_000, 5];
const bytesOf = (length, index) => Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + index) % 251));
const expected = Buffer.concat(LENGTHS.map(bytesOf));

async function written(page, options) {
  received = [];
  await page.goto(pages.url);
  const result = await page.evaluate(write, { relay: relay.url, lengths: LENGTHS, ...options });
  assert.ok(Buffer.concat(received).equals(expected), 'what arrives at the relay');
  const packets = LENGTHS.reduce((sum, length) => sum + Math.ceil(length / MAX_PAYLOAD), 0);
  assert.equal(received.length, packets);
  return result;
}

const both = /** @type {const} */ (['chromium', 'firefox']);
testInBrowsers([...both], "packets are written over the link's own chunks, and arrive as they were", async (page) => {
  assert.deepEqual(await written(page, { owned: true }), { headroom: 5, intact: false });
});

testInBrowsers([...both], "a user's chunks stay as they are", async (page) => {
  assert.deepEqual(await written(page, { owned: false }), { headroom: 5, intact: true });
});

testInBrowsers([...both], 'a send() that a script has replaced gets copies', async (page) => {
  assert.deepEqual(await written(page, { owned: true, isReplaced: true }), { headroom: 0, intact: true });
});
