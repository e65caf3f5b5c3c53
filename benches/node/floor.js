// The least that a WebSocket in JavaScript can be: Node's sockets, a parser that checks nothing, and the dispatch of one
// MessageEvent for each message.
import { randomBytes, randomFillSync } from 'node:crypto';
import net from 'node:net';

const END_OF_HEADERS = Buffer.from('\r\n\r\n');
const KEYS = new Uint32Array(1024);

export class Floor extends EventTarget {
  #socket;
  #rest = Buffer.alloc(0);
  /** @type {Buffer[]} the first chunks of a frame that is larger than a chunk */
  #pieces = [];
  #missing = 0;
  #isCorked = false;
  #keys = KEYS.length;

  constructor(url) {
    super();
    const { hostname, port, pathname, search } = new URL(url);
    const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket = socket;
    const key = randomBytes(16).toString('base64');
    socket.write(
      `GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    socket.once('data', (/** @type {Buffer} */ chunk) => {
      socket.on('data', (/** @type {Buffer} */ chunk) => this.#read(chunk));
      this.dispatchEvent(new Event('open'));
      this.#read(chunk.subarray(chunk.indexOf(END_OF_HEADERS) + END_OF_HEADERS.length));
    });
    socket.on('error', () => {}).on('close', () => this.dispatchEvent(new Event('close')));
  }

  get bufferedAmount() {
    return this.#socket.writableLength;
  }

  #read(chunk) {
    let bytes = chunk;
    if (this.#missing > 0) {
      this.#pieces.push(bytes);
      this.#missing -= bytes.length;
      if (this.#missing > 0) return;
      bytes = Buffer.concat(this.#pieces);
      this.#pieces = [];
    } else if (this.#rest.length > 0) {
      bytes = Buffer.concat([this.#rest, bytes]);
    }
    let at = 0;
    while (bytes.length - at >= 2) {
      const short = bytes[at + 1] & 0x7f;
      const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
      if (start > bytes.length) break;
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
      const end = start + length;
      if (end > bytes.length) {
        this.#missing = end - bytes.length;
        break;
      }
      const opcode = bytes[at] & 0x0f;
      if (opcode < 8) this.#dispatch(opcode, bytes, start, end);
      at = end;
    }
    this.#rest = bytes.subarray(at);
    if (this.#missing > 0) this.#pieces.push(this.#rest);
  }

  #dispatch(opcode, bytes, start, end) {
    const data = opcode === 1 ? bytes.utf8Slice(start, end) : new Uint8Array(bytes.subarray(start, end)).buffer;
    this.dispatchEvent(new MessageEvent('message', { data }));
  }

  /** @param {string | Uint8Array} data */
  send(data) {
    const isText = typeof data === 'string';
    const length = isText ? Buffer.byteLength(data) : data.byteLength;
    const size = length < 126 ? 2 : length < 65536 ? 4 : 10;
    // The payload is at a multiple of four bytes, so that words can be masked.
    const pad = (8 - ((size + 4) % 8)) % 8;
    const buffer = Buffer.from(new ArrayBuffer(pad + size + 4 + length));
    buffer[pad] = isText ? 0x81 : 0x82;
    buffer[pad + 1] = 0x80 | (length < 126 ? length : length < 65536 ? 126 : 127);
    if (size === 4) buffer.writeUInt16BE(length, pad + 2);
    if (size === 10) buffer.writeBigUInt64BE(BigInt(length), pad + 2);
    const start = pad + size + 4;
    if (isText) buffer.write(data, start);
    else buffer.set(data, start);
    if (this.#keys === KEYS.length) {
      randomFillSync(KEYS);
      this.#keys = 0;
    }
    const key = KEYS[this.#keys];
    this.#keys += 1;
    new Uint32Array(buffer.buffer, start - 4, 1)[0] = key;
    mask(buffer, start, length, key);
    this.#write(pad > 0 ? buffer.subarray(pad) : buffer);
  }

  #write(bytes) {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(bytes);
  }

  close() {
    this.#socket.end(Buffer.from([0x88, 0x80, 0, 0, 0, 0]));
  }
}

function mask(buffer, start, length, key) {
  const words = new Uint32Array(buffer.buffer, start, length >> 2);
  for (let i = 0; i < words.length; i += 1) words[i] ^= key;
  for (let i = length & ~3; i < length; i += 1) buffer[start + i] ^= buffer[start - 4 + (i & 3)];
}
