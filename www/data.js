// Message data: its kind, its size, its first bytes; and random data to send.

/** The maximum number of bytes per call of getRandomValues(). */
const MOST_RANDOM = 65_536;

/** @typedef {string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob} Data */

/**
 * The kind of the data and its size in bytes; text counts as UTF-8.
 * @param {Data} data
 */
export function describe(data) {
  if (typeof data === 'string') return { kind: 'string', size: new TextEncoder().encode(data).length };
  if (data instanceof Blob) return { kind: 'blob', size: data.size };
  return { kind: ArrayBuffer.isView(data) ? 'view' : 'arraybuffer', size: data.byteLength };
}

/**
 * The first bytes of the data: at once, or for a Blob once it is read.
 * @param {Data} data
 * @returns {Uint8Array | Promise<Uint8Array>}
 */
export function start(data, length) {
  if (typeof data === 'string') return new TextEncoder().encode(data.slice(0, length)).subarray(0, length);
  if (data instanceof Blob) return read(data.slice(0, length));
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
  return new Uint8Array(buffer, byteOffset, Math.min(byteLength, length)).slice();
}

/** A file may have been removed or changed before it is read: then it is shown as empty. */
async function read(blob) {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch {
    return new Uint8Array();
  }
}

/**
 * Random bytes.
 * @param {number} length
 * @param {string} kind `arraybuffer`, `view` (into a larger buffer) or `blob`
 */
export function random(length, kind) {
  // The view covers only a part of its buffer: the bytes around it must not be sent.
  const buffer = new ArrayBuffer(kind === 'view' ? length + 32 : length);
  const bytes = new Uint8Array(buffer, kind === 'view' ? 16 : 0, length);
  for (let at = 0; at < length; at += MOST_RANDOM) crypto.getRandomValues(bytes.subarray(at, at + MOST_RANDOM));
  if (kind === 'blob') return new Blob([bytes]);
  return kind === 'view' ? bytes : buffer;
}
