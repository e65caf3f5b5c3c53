// The server's end of a WebSocket connection: the handshake, then what the URL asks for.
import { createHash } from 'node:crypto';
import { NO_MASK } from './frames.js';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const MAX_HEAD = 16 * 1024;

/** @typedef {{ read: (bytes: Buffer, start: number, end: number, outer?: Uint8Array, phase?: number) => void }} Reader */

/** @implements {Reader} */
export class Connection {
  #channel;
  #serve;
  #head = '';
  /** Reads what follows the handshake. @type {Reader | undefined} */
  #reader;

  /**
   * @param {import('./jobs.js').Channel} channel
   * @param {(channel: import('./jobs.js').Channel, url: URL) => Reader} serve called with the request's URL
   */
  constructor(channel, serve) {
    this.#channel = channel;
    this.#serve = serve;
  }

  /** See {@link import('./frames.js').FrameReader.read}. */
  read(bytes, start, end, outer = NO_MASK, phase = 0) {
    let at = start;
    while (!this.#reader && at < end) {
      this.#head += String.fromCharCode(bytes[at] ^ outer[(at + phase) & 3]);
      at += 1;
      if (this.#head.endsWith('\r\n\r\n')) this.#answer();
      else if (this.#head.length > MAX_HEAD) throw new Error('the request is too long');
    }
    if (at < end) this.#reader?.read(bytes, at, end, outer, phase);
  }

  #answer() {
    const path = /^GET (\S+) HTTP\/1\.1\r\n/.exec(this.#head)?.[1];
    const key = /\r\nsec-websocket-key: *(\S+)/i.exec(this.#head)?.[1];
    if (!path || !key) throw new Error(`not a handshake: ${this.#head}`);
    const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
    const lines = ['HTTP/1.1 101 ', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
    this.#channel.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
    this.#reader = this.#serve(this.#channel, new URL(path, 'http://host'));
  }
}
