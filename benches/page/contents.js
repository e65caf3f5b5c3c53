// The messages' content.

/**
 * @param {number} size
 * @param {boolean} text ASCII
 */
export function contents(size, text) {
  const bytes = Buffer.alloc(size);
  for (let index = 0; index < size; index += 1) bytes[index] = text ? 0x20 + ((index * 7) % 0x5f) : (index * 31) & 0xff;
  return bytes;
}
