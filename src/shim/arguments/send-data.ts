// The argument of `send()`: `(BufferSource or Blob or USVString)`, converted by the rules of Web IDL (3.2.25, 3.2.26).

import { bufferOf, bytesOf, isArrayBuffer, isBlob, isSharedBuffer } from '../platform/binary.ts';

/** The argument of `send()`: a string, bytes (a view of the caller's memory), or a Blob. */
export type SendData = string | Uint8Array | Blob;

const SEND = "Failed to execute 'send' on 'WebSocket': ";

/**
 * Converts the argument of `send()`.
 *
 * @throws {TypeError} for a Symbol, memory shared with other threads, a buffer that can be resized
 */
export function convertSendData(value: unknown): SendData {
  if (typeof value === 'object' && value !== null) {
    const bytes = convertBytes(value, SEND);
    if (bytes) return bytes;
    if (isBlob(value)) return value;
  }
  return `${value as string}`;
}

/**
 * Converts a BufferSource: to its bytes, or `undefined` if it is none.
 *
 * @param failed the beginning of the messages
 * @throws {TypeError} for memory shared with other threads, a buffer that can be resized
 */
export function convertBytes(value: unknown, failed: string): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    const buffer = bufferOf(value);
    if (!isArrayBuffer(buffer)) throw new TypeError(`${failed}The view's buffer must not be shared.`);
    return checkedBytes(buffer, value, failed);
  }
  if (isArrayBuffer(value)) return checkedBytes(value, value, failed);
  if (isSharedBuffer(value)) throw new TypeError(`${failed}The buffer must not be shared.`);
  return undefined;
}

/** The bytes of `source`, whose buffer is `buffer`; none if it is detached. */
function checkedBytes(buffer: ArrayBuffer, source: ArrayBuffer | ArrayBufferView, failed: string): Uint8Array {
  // No `[AllowResizable]` in the interface's IDL (Web IDL 3.2.25).
  if (buffer.resizable) throw new TypeError(`${failed}The buffer must not be resizable.`);
  return bytesOf(source) ?? new Uint8Array();
}
