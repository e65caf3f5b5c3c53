// The same responses for our class and for Node's own HTTP client, an independent parser: both must read the same status,
// headers and body, and agree on whether it is complete.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { connectionOf, WebSocket } from 'websocket-wasm';
import { startRaw } from '../support/servers/raw.js';
import { next, pause } from './support/sockets.js';

/** `RESPONSES=20000` tries more than `npm test` does. */
const RESPONSES = Number(process.env.RESPONSES ?? 300);

/** Pseudorandom numbers from a seed: the same in each run. */
function random(seed) {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) >>> 0;
    return (state >>> 8) % below;
  };
}

const one = (pick, from) => from[pick(from.length)];

/** The body in chunks, with sizes and extensions in every form, and trailers. */
function chunked(pick, body) {
  const parts = [];
  for (let at = 0; at < body.length; ) {
    const size = 1 + pick(one(pick, [3, 50, body.length]));
    const chunk = body.subarray(at, at + size);
    const digits = one(pick, ['', '0', '000']) + chunk.length.toString(16);
    const extension = one(pick, ['', '', ';a', ';a=b', ';a="b;c d"', ';a;b=c']);
    parts.push(one(pick, [digits, digits.toUpperCase()]) + extension, '\r\n', chunk, '\r\n');
    at += size;
  }
  parts.push(one(pick, ['0', '000', '0;a=b']), '\r\n', one(pick, ['', 'A: b\r\n', 'A: b\r\nC:\r\n']), '\r\n');
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** A response, cut off or damaged in some cases. */
function response(pick) {
  const status = one(pick, [200, 302, 400, 401, 429, 500, 503, 204, 304]);
  const body = Buffer.from(Array.from({ length: pick(one(pick, [1, 30, 3000])) }, () => pick(256)));
  const lines = [
    `HTTP/1.1 ${status} ${one(pick, ['OK', 'Not Now', ''])}`,
    'Set-Cookie: a=1',
    'set-cookie: b=2',
    'X: y',
  ];
  let bytes = body;
  const framing = pick(3);
  if (framing === 0) lines.push(`Content-Length: ${body.length}`);
  if (framing === 1) {
    lines.push('Transfer-Encoding: chunked');
    bytes = chunked(pick, body);
  }
  if (pick(4) === 0) bytes = bytes.subarray(0, pick(bytes.length + 1));
  // A digit, which matters in a size only.
  let isDamaged = false;
  if (framing === 1 && bytes.length > 2 && pick(4) === 0) {
    isDamaged = true;
    bytes = Buffer.concat([Buffer.from(one(pick, ['x', '-', ' ', '\r', 'ffffffffffffffffff'])), bytes]);
  }
  return { bytes: Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]), isDamaged };
}

/** What Node's client reads. */
function byNode(url) {
  return new Promise((resolve, reject) => {
    const request = http.get(url.replace('ws:', 'http:'), { agent: false }, (response) => {
      const chunks = [];
      const done = (isComplete) => {
        const { statusCode, statusMessage, headers } = response;
        const body = Buffer.concat(chunks).toString('hex');
        const cookies = headers['set-cookie'];
        resolve({ status: statusCode, reason: statusMessage, cookies, x: headers.x, body, truncated: !isComplete });
      };
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('close', () => done(response.complete));
      response.on('error', () => {});
    });
    // After the response, its own events say how it ended.
    request.on('error', (error) => {
      if (request.listenerCount('response') > 0) reject(error);
    });
  });
}

/** What our class reads. */
async function byUs(url) {
  const socket = new WebSocket(url);
  await next(socket, 'close');
  const { status, reason, headers, body, bodyTruncated } = connectionOf(socket).response;
  const hex = Buffer.from(body).toString('hex');
  return { status, reason, cookies: headers.getSetCookie(), x: headers.get('x'), body: hex, truncated: bodyTruncated };
}

test(`${RESPONSES} responses are read as Node's client reads them`, async () => {
  let bytes;
  let pick;
  const server = await startRaw(async (socket) => {
    const cuts = pick(4);
    let at = 0;
    for (let cut = 0; cut < cuts; cut += 1) {
      const to = at + pick(bytes.length - at + 1);
      socket.write(bytes.subarray(at, to));
      at = to;
      await pause();
    }
    socket.end(bytes.subarray(at));
  });
  const complete = new Set();
  for (let seed = 1; seed <= RESPONSES; seed += 1) {
    pick = random(seed);
    const made = response(pick);
    bytes = made.bytes;
    const expected = await byNode(server.url);
    const actual = await byUs(server.url);
    // Node delivers nothing of what it received together with bytes that are invalid.
    if (made.isDamaged) expected.body = actual.body;
    assert.deepEqual(actual, expected, `seed ${seed}: ${bytes.toString('latin1')}`);
    complete.add(actual.truncated);
  }
  assert.deepEqual([...complete].sort(), [false, true], 'both cases were among them');
  await server.close();
});
