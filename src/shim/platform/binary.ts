// Buffers, views and Blobs of any realm. The platform's own accessors distinguish them from objects that look alike: a
// script may have given an object other properties of the same names.

import { Blob } from './globals.ts';
import { host } from './host.ts';
import { isOverflow } from './stack-overflow.ts';

const blobSizeGetter = getter<number>(Blob.prototype, 'size');
const bufferLengthGetter = getter<number>(ArrayBuffer.prototype, 'byteLength');
const sharedLengthGetter = sharedLength();
const arrayKindGetter = getter<string | undefined>(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const arrayGetters = viewGetters(Object.getPrototypeOf(Uint8Array.prototype));
const dataViewGetters = viewGetters(DataView.prototype);

/** The buffer of a view. */
export function bufferOf(view: ArrayBufferView): ArrayBufferLike {
  return gettersOf(view).buffer.call(view);
}

function gettersOf(view: ArrayBufferView) {
  return arrayKindGetter.call(view) === undefined ? dataViewGetters : arrayGetters;
}

/** The bytes of a view or an ArrayBuffer; `undefined` for anything else, and if the buffer is detached. */
export function bytesOf(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  try {
    if (!ArrayBuffer.isView(value)) return new Uint8Array(value as ArrayBuffer, 0, bufferLengthGetter.call(value));
    const { buffer, byteOffset, byteLength } = gettersOf(value);
    return new Uint8Array(buffer.call(value) as ArrayBuffer, byteOffset.call(value), byteLength.call(value));
  } catch (error) {
    if (isOverflow(error)) throw error;
    return undefined;
  }
}

/**
 * Bytes in a buffer of their own, to be overwritten: they may have any value.
 *
 * @throws {RangeError} if there is no memory for them
 */
export function allocate(length: number): Uint8Array<ArrayBuffer> {
  return host.allocate?.(length) ?? new Uint8Array(length);
}

/** Bytes of any value, to be overwritten, and passed to {@link release} later. Throws what {@link allocate} does. */
export function allocateReusable(length: number): Uint8Array {
  return host.allocateReusable?.(length) ?? new Uint8Array(length);
}

/** Gives back what {@link allocateReusable} returned. */
export function release(bytes: Uint8Array): void {
  host.release?.(bytes);
}

const { slice } = Uint8Array.prototype;

/** A copy of some bytes in a buffer of its own. Throws what {@link allocate} does. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const copy = host.allocate?.(end - start);
  if (!copy) return slice.call(bytes, start, end) as Uint8Array<ArrayBuffer>;
  copy.set(bytes.subarray(start, end));
  return copy;
}

/** A copy of all parts. Throws what {@link allocate} does. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = allocate(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The bytes of all parts; of a single one, that itself. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return first && parts.length === 1 ? first : concat(parts);
}

/** Whether a value is an ArrayBuffer that isn't shared. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return hasBrand(bufferLengthGetter, value);
}

/** Whether a value is a SharedArrayBuffer. */
export function isSharedBuffer(value: unknown): boolean {
  return sharedLengthGetter !== undefined && hasBrand(sharedLengthGetter, value);
}

/** Whether a value is a buffer, shared or not, or a view. */
export function isBinary(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ArrayBuffer.isView(value) || isArrayBuffer(value) || isSharedBuffer(value);
}

/** Whether a value is a Blob. */
export function isBlob(value: unknown): value is Blob {
  return hasBrand(blobSizeGetter, value);
}

/** A Blob's size in bytes. */
export function blobSize(blob: Blob): number {
  return blobSizeGetter.call(blob);
}

function hasBrand(getter: (this: unknown) => unknown, value: unknown): boolean {
  try {
    getter.call(value);
    return true;
  } catch (error) {
    // The getter was never called.
    if (isOverflow(error)) throw error;
    return false;
  }
}

/**
 * A page that isn't cross-origin isolated can make shared buffers by WebAssembly, but has no global name for their
 * class.
 */
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
