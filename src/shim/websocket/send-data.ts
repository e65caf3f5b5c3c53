// The argument of `send()`: `(BufferSource or Blob or USVString)`, converted as Web IDL has it.

import { Blob } from '../platform/globals.ts';
import { isOverflow } from '../platform/stack-overflow.ts';

// What is asked of the caller's objects is asked by these: script may have put properties of the same names on them.
const sizeOfBlob = getter<number>(Blob.prototype, 'size');
const lengthOfBuffer = getter<number>(ArrayBuffer.prototype, 'byteLength');
const lengthOfShared = sharedLength();
const kindOfArray = getter<string | undefined>(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const ofArray = viewGetters(Object.getPrototypeOf(Uint8Array.prototype));
const ofDataView = viewGetters(DataView.prototype);

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
      const view = kindOfArray.call(value) === undefined ? ofDataView : ofArray;
      const buffer = view.buffer.call(value);
      if (!hasBrand(lengthOfBuffer, buffer)) throw refused("The view's buffer must not be shared.");
      // A detached buffer has no bytes, and its DataView doesn't say where it was.
      if (lengthOfBuffer.call(buffer) === 0) return bytesOf(buffer as ArrayBuffer, 0, 0);
      return bytesOf(buffer as ArrayBuffer, view.byteOffset.call(value), view.byteLength.call(value));
    }
    if (hasBrand(lengthOfBuffer, value)) return bytesOf(value as ArrayBuffer, 0, lengthOfBuffer.call(value));
    if (hasBrand(sizeOfBlob, value)) return value as Blob;
    if (lengthOfShared && hasBrand(lengthOfShared, value)) throw refused('The buffer must not be shared.');
  }
  return `${value as string}`;
}

/**
 * The bytes of a view or an ArrayBuffer of any realm; undefined for anything else, detached memory too. By the platform's
 * accessors: an object may say another length of itself.
 */
export function viewOf(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  try {
    if (!ArrayBuffer.isView(value)) return new Uint8Array(value as ArrayBuffer, 0, lengthOfBuffer.call(value));
    const view = kindOfArray.call(value) === undefined ? ofDataView : ofArray;
    const buffer = view.buffer.call(value) as ArrayBuffer;
    return new Uint8Array(buffer, view.byteOffset.call(value), view.byteLength.call(value));
  } catch (error) {
    if (isOverflow(error)) throw error;
    return undefined;
  }
}

/** Whether it is memory: an ArrayBuffer, shared or not, or a view, of any realm. */
export function isMemory(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (ArrayBuffer.isView(value) || hasBrand(lengthOfBuffer, value)) return true;
  return lengthOfShared !== undefined && hasBrand(lengthOfShared, value);
}

/** The bytes of a Blob. */
export function blobSize(blob: Blob): number {
  return sizeOfBlob.call(blob);
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
  } catch (error) {
    // It wasn't asked at all.
    if (isOverflow(error)) throw error;
    return false;
  }
}

/** A page that isn't isolated has such buffers, by WebAssembly, but not their class by name. */
function sharedLength(): ((this: unknown) => number) | undefined {
  if (typeof SharedArrayBuffer === 'function') return getter(SharedArrayBuffer.prototype, 'byteLength');
  try {
    const { buffer } = new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true });
    return getter(Object.getPrototypeOf(buffer), 'byteLength');
  } catch {
    return undefined;
  }
}

function getter<Value>(prototype: object, name: string | symbol): (this: unknown) => Value {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as () => Value;
}

function viewGetters(prototype: object) {
  return {
    buffer: getter<ArrayBufferLike>(prototype, 'buffer'),
    byteOffset: getter<number>(prototype, 'byteOffset'),
    byteLength: getter<number>(prototype, 'byteLength'),
  };
}
