// Frames from servers, unmasked (RFC 6455 5.2).

/**
 * @param {number} first the first byte: FIN, the reserved bits and the opcode
 * @param {string | Uint8Array | number[]} payload of any length
 */
export function frame(first, payload) {
  const bytes = Buffer.from(payload);
  return Buffer.concat([header(first, bytes.length), bytes]);
}

/** The header of a frame whose payload has that length. */
export function header(first, length) {
  const bytes = Buffer.alloc(length < 126 ? 2 : length < 65536 ? 4 : 10);
  bytes[0] = first;
  bytes[1] = length < 126 ? length : length < 65536 ? 126 : 127;
  if (bytes.length === 4) bytes.writeUInt16BE(length, 2);
  if (bytes.length === 10) bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}

/** A Close frame; without a code its payload is empty. */
export function closeFrame(code, reason = '') {
  return frame(0x88, code === undefined ? [] : [code >> 8, code & 0xff, ...Buffer.from(reason)]);
}

/** The code of a client's Close frame, which is masked; undefined if its payload is empty. */
export function closeCode(bytes) {
  const [, length, ...rest] = bytes;
  if ((length & 0x7f) < 2) return undefined;
  return ((rest[4] ^ rest[0]) << 8) | (rest[5] ^ rest[1]);
}
