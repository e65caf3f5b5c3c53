// The argument of `send()`: `(BufferSource or Blob or USVString)`, converted by the rules of Web IDL (3.2.25, 3.2.26).

import { bufferOf, bytesOf, isArrayBuffer, isBlob, isSharedBuffer } from '../platform/binary.ts';

/** The argument of `send()`: a string, bytes (a view of the caller's memory), or a Blob. */
export type SendData = string | Uint8Array | Blob;

/**
 * Converts the argument of `send()`.
 *
 * @throws {TypeError} for a Symbol, memory shared with other threads, a buffer that can be resized
 */
export function convertSendData(value: unknown): SendData {
  if (typeof value === 'object' && value !== null) {
    if (ArrayBuffer.isView(value)) {
      const buffer = bufferOf(value);
      if (!isArrayBuffer(buffer)) throw invalid("The view's buffer must not be shared.");
      return checkedBytes(buffer, value);
    }
    if (isArrayBuffer(value)) return checkedBytes(value, value);
    if (isBlob(value)) return value;
    if (isSharedBuffer(value)) throw invalid('The buffer must not be shared.');
  }
  return `${value as string}`;
}

/** The bytes of `source`, whose buffer is `buffer`; none if it is detached. */
function checkedBytes(buffer: ArrayBuffer, source: ArrayBuffer | ArrayBufferView): Uint8Array {
  // No `[AllowResizable]` in the interface's IDL (Web IDL 3.2.25).
  if (buffer.resizable) throw invalid('The buffer must not be resizable.');
  return bytesOf(source) ?? new Uint8Array();
}

function invalid(why: string): TypeError {
  return new TypeError(`Failed to execute 'send' on 'WebSocket': ${why}`);
}
