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

export class FrameReader {
  #listener;
  #keeps;
  #header = Buffer.alloc(14);
  #have = 0;
  #need = 2;
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
        if (this.#keeps && !this.#isControl) this.#keep(chunk.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#endFrame();
      } else {
        this.#header[this.#have] = chunk[at];
        this.#have += 1;
        at += 1;
        if (this.#have === 2) this.#need = 6 + ({ 126: 2, 127: 8 }[this.#header[1] & 0x7f] ?? 0);
        if (this.#have === this.#need) this.#beginPayload();
      }
    }
  }

  get #isControl() {
    return (this.#header[0] & 0x0f) >= CLOSE;
  }

  #beginPayload() {
    const header = this.#header;
    if (!(header[1] & 0x80)) throw new Error('a frame of the client is not masked');
    const short = header[1] & 0x7f;
    this.#length = short < 126 ? short : short === 126 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2));
    this.#left = this.#length;
    if (!this.#isControl) {
      this.#message.length += this.#length;
      this.#message.isCompressed ||= (header[0] & 0x40) !== 0;
    }
    if (this.#left === 0) this.#endFrame();
  }

  #keep(piece) {
    const before = this.#length - this.#left;
    const key = this.#need - 4;
    const bytes = Buffer.allocUnsafe(piece.length);
    for (let i = 0; i < piece.length; i += 1) bytes[i] = piece[i] ^ this.#header[key + ((before + i) & 3)];
    this.#message.pieces.push(bytes);
  }

  #endFrame() {
    const [first] = this.#header;
    this.#have = 0;
    this.#need = 2;
    if ((first & 0x0f) === CLOSE) this.#listener.onClose();
    if (this.#isControl || !(first & 0x80)) return;
    const message = this.#message;
    this.#message = { length: 0, isCompressed: false, pieces: [] };
    this.#listener.onMessage(message);
  }
}
