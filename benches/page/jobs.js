// What the server does on a connection. The path of its URL says so: /KIND?size=&text=&count=&batch=&compare=

import { contents } from './contents.js';
import { BINARY, FrameReader, frameHead, TEXT } from './frames.js';

/**
 * What carries the bytes of one connection: a TCP socket, or a stream of a relay.
 * @typedef {object} Channel
 * @property {(...parts: Buffer[]) => void} write in one go
 * @property {() => boolean} full
 * @property {(resume: () => void) => void} onDrain
 * @property {() => void} end
 */

/** The bytes in each write: a relay reads as much of a TCP connection at once, at most. */
const CHUNK = 64 * 1024;

/**
 * Serves the WebSocket protocol, after the handshake.
 * @param {Channel} channel
 * @param {URL} url
 * @returns {FrameReader}
 */
export function serveMessages(channel, url) {
  const job = jobOf(url);
  const opcode = job.text ? TEXT : BINARY;
  const message = contents(job.size, job.text);
  const framed = (/** @type {Buffer} */ payload) => Buffer.concat([frameHead(opcode, payload.length), payload]);
  const prebuilt = framed(message);
  const done = framed(contents(4, true));
  let received = 0;
  /** The pieces of the message, if its content matters. @type {Buffer[]} */
  let pieces = [];
  let length = 0;
  const onMessage = {
    /** Any message starts it. */
    recv: () => sendAll(channel, prebuilt, job.count),
    send: () => {
      if (length !== job.size) throw new Error(`a message of ${length} bytes, expected ${job.size}`);
      if (job.compare && !Buffer.concat(pieces).equals(message)) throw new Error('a message with other content');
      received += 1;
      if (received % job.batch === 0) channel.write(done);
    },
    echo: () => channel.write(framed(Buffer.concat(pieces))),
  }[job.kind];
  const keeps = job.kind === 'echo' || (job.kind === 'send' && job.compare);
  const reader = new FrameReader({
    payload: (bytes, start, end) => {
      length += end - start;
      if (keeps) pieces.push(reader.copy(bytes, start, end));
    },
    message: () => {
      onMessage();
      pieces = [];
      length = 0;
    },
    close: () => {
      channel.write(Buffer.from([0x88, 0]));
      channel.end();
    },
  });
  return reader;
}

/**
 * Serves bytes without a protocol: as many as the same job's frames have.
 * @param {Channel} channel
 * @param {URL} url
 * @returns {(length: number) => void} to be called with the number of bytes received
 */
export function serveBytes(channel, url) {
  const job = jobOf(url);
  const sent = frameHead(BINARY, job.size).length + job.size;
  const received = sent + 4;
  let total = 0;
  let batches = 0;
  return (length) => {
    total += length;
    if (job.kind === 'recv') {
      sendAll(channel, Buffer.alloc(sent), job.count);
      return;
    }
    while (total >= (batches + 1) * job.batch * received) {
      batches += 1;
      channel.write(Buffer.alloc(job.kind === 'echo' ? sent : 6));
    }
  };
}

function jobOf(url) {
  const number = (name) => Number(url.searchParams.get(name));
  return {
    kind: /** @type {'recv' | 'send' | 'echo'} */ (url.pathname.slice(1)),
    size: number('size'),
    text: number('text') === 1,
    count: number('count'),
    batch: number('batch'),
    compare: number('compare') === 1,
  };
}

/** Sends the same bytes `count` times, as one stream in chunks. */
function sendAll(channel, bytes, count) {
  const copies = Math.ceil(CHUNK / bytes.length) + 1;
  const repeated = Buffer.concat(Array(copies).fill(bytes));
  const total = bytes.length * count;
  let sent = 0;
  const resume = () => {
    while (sent < total) {
      if (channel.full()) return;
      const start = sent % bytes.length;
      const length = Math.min(CHUNK, total - sent);
      channel.write(repeated.subarray(start, start + length));
      sent += length;
    }
  };
  channel.onDrain(resume);
  resume();
}
