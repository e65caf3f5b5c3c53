// A Wisp v1 relay whose every stream leads to the server in the same process. It unmasks nothing but packet heads.
import { Connection } from './connection.js';
import { BINARY, FrameReader, frameHead } from './frames.js';
import { serveBytes, serveMessages } from './jobs.js';

/** Packet types. */
const CONNECT = 1;
const DATA = 2;
const CONTINUE = 3;
const CLOSE = 4;

const HEADER = 5;
const VOLUNTARY = 2;

/**
 * How many packets a stream may send before the next CONTINUE. Real relays allow fewer, but then epoxy-tls stops for good
 * when a burst uses them up.
 */
const CREDIT = 8192;

/** How many packets a CONTINUE follows: as in wisp-js. */
const PACKETS_PER_CONTINUE = 64;

/** @typedef {{ id: number, reader: import('./connection.js').Reader, packets: number }} Stream */

/**
 * @param {import('./jobs.js').Channel} carrier the connection's, after the handshake
 * @param {URL} url with the path `/raw/KIND` one stream is open, and carries bytes without a protocol
 * @returns {import('./connection.js').Reader}
 */
export function serveRelay(carrier, url) {
  /** @type {Map<number, Stream>} */
  const streams = new Map();
  const header = Buffer.alloc(HEADER);
  let have = 0;
  const send = (type, id, payload) => carrier.write(Buffer.concat([packetHead(type, id, payload.length), payload]));
  const credit = (id) => {
    const packets = Buffer.alloc(4);
    packets.writeUInt32LE(CREDIT);
    send(CONTINUE, id, packets);
  };
  const open = (id, serve) => {
    const channel = {
      ...carrier,
      write: (bytes) => carrier.write(packetHead(DATA, id, bytes.length), bytes),
      end: () => {
        streams.delete(id);
        send(CLOSE, id, Buffer.from([VOLUNTARY]));
      },
    };
    streams.set(id, { id, reader: serve(channel), packets: 0 });
  };
  const received = (type, id) => {
    const stream = streams.get(id);
    if (type === CONNECT) open(id, (channel) => new Connection(channel, serveMessages));
    if (type === CLOSE) streams.delete(id);
    if (type !== DATA || !stream) return;
    stream.packets += 1;
    if (stream.packets % PACKETS_PER_CONTINUE === 0) credit(id);
  };
  const reader = new FrameReader({
    payload: (bytes, start, end) => {
      let at = start;
      for (; have < HEADER && at < end; at += 1, have += 1)
        header[have] = bytes[at] ^ reader.mask[(at + reader.phase) & 3];
      if (at === end || header[0] !== DATA) return;
      streams.get(header.readUInt32LE(1))?.reader.read(bytes, at, end, reader.mask, reader.phase);
    },
    message: () => {
      if (have === HEADER) received(header[0], header.readUInt32LE(1));
      have = 0;
    },
    close: () => carrier.end(),
  });
  if (url.pathname.startsWith('/raw/')) {
    open(1, (channel) => {
      const bytes = serveBytes(channel, new URL(`${url.pathname.slice('/raw'.length)}${url.search}`, url));
      return { read: (_, start, end) => bytes(end - start) };
    });
  }
  credit(0);
  return reader;
}

/** The heads of a packet, and of the frame that carries it. */
function packetHead(type, id, length) {
  const head = Buffer.alloc(HEADER);
  head[0] = type;
  head.writeUInt32LE(id, 1);
  return Buffer.concat([frameHead(BINARY, HEADER + length), head]);
}
