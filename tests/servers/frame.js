/**
 * A frame as servers send it, of any length (RFC 6455 5.2).
 * @param {number} first its first byte
 * @param {Uint8Array} payload
 */
export function frame(first, payload) {
  return Buffer.concat([head(first, payload.length), payload]);
}

/** Its head, for a payload of that many bytes. */
export function head(first, length) {
  const bytes = Buffer.alloc(length < 126 ? 2 : length < 65536 ? 4 : 10);
  bytes[0] = first;
  bytes[1] = length < 126 ? length : length < 65536 ? 126 : 127;
  if (bytes.length === 4) bytes.writeUInt16BE(length, 2);
  if (bytes.length === 10) bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}
