// Frames of clients, as the raw server reads them: it skips payloads unless it is told to keep them.

/**
 * @typedef {object} Listener
 * @property {(message: Message) => void} onMessage
 * @property {() => void} onClose after a Close frame
 */

/**
 * @typedef {object} Message
 * @property {number} length of its payload on the wire
 * @property {boolean} isCompressed
 * @property {Buffer[]} pieces its payload, unmasked, if payloads are kept
 */

const CLOSE = 8;

const FINAL = 0x80;
const COMPRESSED = 0x40;

/** The longest header. */
const HEADER = 14;

export class FrameReader {
  #listener;
  #keeps;
  /** The frame's header, if it came in pieces, and how much of it. */
  #header = Buffer.alloc(HEADER);
  #have = 0;
  #first = 0;
  #key = Buffer.alloc(4);
  /** Of the frame's payload, all and what hasn't come yet. */
  #length = 0;
  #left = 0;
  /** @type {Message} */
  #message = { length: 0, isCompressed: false, pieces: [] };

  /**
   * @param {Listener} listener
   * @param {{ keeps: boolean }} options
   */
  constructor(listener, { keeps }) {
    this.#listener = listener;
    this.#keeps = keeps;
  }

  /** @param {Buffer} chunk */
  read(chunk) {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const end = Math.min(at + this.#left, chunk.length);
        if (this.#keeps && (this.#first & 0x0f) < CLOSE) this.#keep(chunk.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#endFrame();
      } else if (this.#have === 0 && chunk.length - at >= HEADER) {
        at += this.#begin(chunk, at);
      } else {
        this.#header[this.#have] = chunk[at];
        this.#have += 1;
        at += 1;
        if (this.#have < 2 || this.#have < sizeOf(this.#header[1])) continue;
        this.#have = 0;
        this.#begin(this.#header, 0);
      }
    }
  }

  /** @returns the size of the header at that place */
  #begin(bytes, at) {
    this.#first = bytes[at];
    if (!(bytes[at + 1] & 0x80)) throw new Error('a frame of the client is not masked');
    const short = bytes[at + 1] & 0x7f;
    const size = sizeOf(short);
    this.#length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    this.#left = this.#length;
    if (this.#keeps) bytes.copy(this.#key, 0, at + size - 4, at + size);
    if ((this.#first & 0x0f) < CLOSE) {
      this.#message.length += this.#length;
      if (this.#first & COMPRESSED) this.#message.isCompressed = true;
    }
    if (this.#left === 0) this.#endFrame();
    return size;
  }

  #keep(piece) {
    const before = this.#length - this.#left;
    const bytes = Buffer.allocUnsafe(piece.length);
    for (let i = 0; i < piece.length; i += 1) bytes[i] = piece[i] ^ this.#key[(before + i) & 3];
    this.#message.pieces.push(bytes);
  }

  #endFrame() {
    const opcode = this.#first & 0x0f;
    if (opcode === CLOSE) this.#listener.onClose();
    if (opcode >= CLOSE || !(this.#first & FINAL)) return;
    const message = this.#message;
    this.#message = { length: 0, isCompressed: false, pieces: [] };
    this.#listener.onMessage(message);
  }
}

/** The size of a header by its second byte. */
function sizeOf(second) {
  const short = second & 0x7f;
  return short < 126 ? 6 : short === 126 ? 8 : HEADER;
}
