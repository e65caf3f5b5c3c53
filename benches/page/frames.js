// Frames of RFC 6455, read without being unmasked: a server that unmasks every byte would cost more than some clients.

/** No mask. */
export const NO_MASK = new Uint8Array(4);

/** Opcodes. */
export const TEXT = 1;
export const BINARY = 2;
const CLOSE = 8;

/**
 * The head of an unmasked frame.
 * @param {number} opcode
 * @param {number} length the payload's
 */
export function frameHead(opcode, length) {
  if (length < 126) return Buffer.from([0x80 | opcode, length]);
  const head = Buffer.alloc(length < 65536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = length < 65536 ? 126 : 127;
  if (length < 65536) head.writeUInt16BE(length, 2);
  else head.writeUIntBE(length, 4, 6);
  return head;
}

/**
 * @typedef {object} FrameSink
 * @property {(bytes: Buffer, start: number, end: number) => void} payload a piece of a data message, masked still: see `copy`
 * @property {() => void} message called after the last piece of a message
 * @property {() => void} close called for a Close frame
 */

/** Reads the frames of a client. What is read may itself be the payload of a masked frame, which needs no unmasking either. */
export class FrameReader {
  /** The mask of the frame whose payload is passed on. */
  mask = new Uint8Array(4);
  /** The place in the mask of byte 0 of the chunk that is being read, modulo 4. */
  phase = 0;
  #sink;
  #head = new Uint8Array(14);
  #have = 0;
  #opcode = 0;
  #last = true;
  #left = 0;
  #position = 0;
  /** The mask of the chunk that is being read, and its place. @type {Uint8Array} */
  #outer = NO_MASK;
  #outerPhase = 0;

  /** @param {FrameSink} sink */
  constructor(sink) {
    this.#sink = sink;
  }

  /**
   * @param {Buffer} bytes
   * @param {number} start
   * @param {number} end
   * @param {Uint8Array} [outer] a mask
   * @param {number} [outerPhase] the place in it of byte 0, modulo 4
   */
  read(bytes, start, end, outer = NO_MASK, outerPhase = 0) {
    this.#outer = outer;
    this.#outerPhase = outerPhase;
    let at = start;
    while (at < end) {
      if (this.#left === 0) {
        this.#head[this.#have] = bytes[at] ^ outer[(at + outerPhase) & 3];
        this.#have += 1;
        at += 1;
        if (this.#have >= 6 && this.#have === this.#headLength()) this.#begin();
        continue;
      }
      const piece = Math.min(this.#left, end - at);
      this.phase = (this.#position - at) & 3;
      // Control frames other than Close are ignored.
      if (this.#opcode < CLOSE) this.#sink.payload(bytes, at, at + piece);
      this.#left -= piece;
      this.#position += piece;
      at += piece;
      if (this.#left === 0) this.#end();
    }
  }

  /** The unmasked bytes of a piece, while the sink's `payload` is called with it. */
  copy(bytes, start, end) {
    const copy = Buffer.allocUnsafe(end - start);
    for (let at = start; at < end; at += 1) {
      copy[at - start] = bytes[at] ^ this.mask[(at + this.phase) & 3] ^ this.#outer[(at + this.#outerPhase) & 3];
    }
    return copy;
  }

  #headLength() {
    const short = this.#head[1] & 0x7f;
    return short < 126 ? 6 : short === 126 ? 8 : 14;
  }

  #begin() {
    const head = this.#head;
    const short = head[1] & 0x7f;
    if (!(head[1] & 0x80)) throw new Error('a frame of a client is not masked');
    const view = new DataView(head.buffer);
    this.#left = short < 126 ? short : short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
    for (let index = 0; index < 4; index += 1) this.mask[index] = head[this.#have - 4 + index];
    this.#opcode = head[0] & 0x0f;
    this.#last = (head[0] & 0x80) !== 0;
    this.#have = 0;
    this.#position = 0;
    if (this.#left === 0) this.#end();
  }

  #end() {
    if (this.#opcode === CLOSE) this.#sink.close();
    else if (this.#opcode < CLOSE && this.#last) this.#sink.message();
  }
}
