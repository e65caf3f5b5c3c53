// The argument of `send()`: `(BufferSource or Blob or USVString)`, converted as Web IDL has it.

const sizeOfBlob = getter(Blob.prototype, 'size');
const lengthOfBuffer = getter(ArrayBuffer.prototype, 'byteLength');

/** What `send()` was given: a string, bytes (a view of the caller's memory), or a Blob. */
export type Data = string | Uint8Array | Blob;

/**
 * Converts the argument of `send()`.
 *
 * @throws {TypeError} a Symbol, memory that other threads share, a buffer that can be resized
 */
export function convertData(value: unknown): Data {
  if (typeof value === 'object' && value !== null) {
    if (ArrayBuffer.isView(value)) {
      if (!hasBrand(lengthOfBuffer, value.buffer)) throw refused("The view's buffer must not be shared.");
      return bytesOf(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
    }
    if (hasBrand(lengthOfBuffer, value)) return bytesOf(value as ArrayBuffer, 0, (value as ArrayBuffer).byteLength);
    if (hasBrand(sizeOfBlob, value)) return value as Blob;
  }
  return `${value as string}`;
}

/** A view; of a detached buffer, which has no bytes and no views, an empty one. */
function bytesOf(buffer: ArrayBuffer, offset: number, length: number): Uint8Array {
  // No `[AllowResizable]` in the interface's IDL (Web IDL 3.2.25).
  if (buffer.resizable) throw refused('The buffer must not be resizable.');
  return length === 0 ? new Uint8Array() : new Uint8Array(buffer, offset, length);
}

function refused(why: string): TypeError {
  return new TypeError(`Failed to execute 'send' on 'WebSocket': ${why}`);
}

/** Tells platform objects of any realm from what only looks like them. */
function hasBrand(getter: (this: unknown) => unknown, value: unknown): boolean {
  try {
    getter.call(value);
    return true;
  } catch {
    return false;
  }
}

function getter(prototype: object, name: string): (this: unknown) => unknown {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as () => unknown;
}
