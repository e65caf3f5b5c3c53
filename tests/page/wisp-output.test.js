// What a socket sends over the browser's own WebSocket to a relay: written from where the core has framed it.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startEcho } from '../../scripts/servers.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import { startCapturing } from '../support/servers/relay.js';

const MAX_PACKET = 64 * 1024;

let server;
let relay;
let pages;
before(async () => {
  server = await startEcho();
  relay = await startCapturing([server.port]);
  pages = await servePages();
});
after(async () => {
  await pages?.close();
  await relay?.close();
  await server?.close();
});

/**
 * Runs in the page: sends messages of these lengths in one task, by turns text and binary, and resolves with the number of
 * those that came back as they were, in order.
 */
async function exchange({ relayUrl, url, lengths, isReplaced }) {
  const { WebSocket: Class, wisp } = await import(new URL('/dist/browser.js', self.origin).href);
  const socket = new Class(url, { transport: wisp(relayUrl), perMessageDeflate: false });
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onclose = reject;
  });
  if (isReplaced) {
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      // As a script that records what is sent may keep it.
      Promise.resolve().then(() => send.call(this, data));
    };
  }
  const messages = lengths.map((length, index) => {
    const bytes = Uint8Array.from({ length }, (_, at) => 0x20 + ((at * 7 + index) % 0x5f));
    return index % 2 ? bytes : new TextDecoder().decode(bytes);
  });
  let same = 0;
  return new Promise((resolve) => {
    const done = () => {
      socket.close();
      resolve(same);
    };
    let left = messages.length;
    socket.onclose = done;
    socket.onmessage = ({ data }) => {
      const expected = messages[messages.length - left];
      left -= 1;
      const isText = typeof expected === 'string';
      if (isText ? data === expected : `${new Uint8Array(data)}` === `${expected}`) same += 1;
      if (left === 0) done();
    };
    for (const message of messages) socket.send(message);
  });
}

async function sendAll(page, lengths, options = {}) {
  await page.goto(pages.url);
  relay.arrived.length = 0;
  const same = await page.evaluate(exchange, { relayUrl: relay.url, url: server.url, lengths, ...options });
  assert.equal(same, lengths.length);
}

const both = /** @type {const} */ (['chromium', 'firefox']);

testInBrowsers([...both], 'messages that are sent in one task fill packets', async (page) => {
  const count = 64;
  await sendAll(page, Array(count).fill(4096));
  // CONNECT and the handshake's request, the messages, and the Close frame with the packet CLOSE.
  const messages = relay.arrived.slice(2, 2 + Math.ceil((count * (4096 + 8)) / (MAX_PACKET - 5)));
  assert.deepEqual([...new Set(messages.slice(0, -1))], [MAX_PACKET]);
  assert.ok(messages.at(-1) < MAX_PACKET, `${messages}`);
});

/** Of all forms of a header; and more than may be on its way at once. */
const MIXED = [1, 125, 126, 60_000, 65_535, 65_536, 65_537, 5, 131_000, 300_000, 0, 7, ...Array(40).fill(70_000), 3];

testInBrowsers([...both], 'messages of many lengths, sent in one task, arrive as they were', async (page) => {
  await sendAll(page, MIXED);
});

testInBrowsers([...both], 'so they do if a script replaces send() while the relay is connected', async (page) => {
  await sendAll(page, MIXED, { isReplaced: true });
});
