// What Node and Bun do better than by the ways that all platforms have, and what workerd needs. Their entries set it, so that
// pages don't load it.
import type { MessageRun, Messages } from '../channel/byte/message-run.ts';
import type { Task } from './port-tasks.ts';

/** Functions of a platform, and a class. Each is used instead of the portable way if it is there. */
export interface Host {
  /** Bytes in a buffer of their own, of any value; `undefined` if so few are zeroed as quickly. */
  allocate(length: number): Uint8Array<ArrayBuffer> | undefined;
  /** Bytes of any value, whose memory is used again once they are released. */
  allocateReusable(length: number): Uint8Array;
  /** The same, as the platform's sockets write them. */
  allocateOutput(length: number): Uint8Array;
  release(bytes: Uint8Array): void;
  /** Keeps messages whose memory will be overwritten. */
  keep(run: MessageRun): Messages;
  /** The text in bytes that are valid UTF-8. */
  decode(bytes: Uint8Array, start: number, end: number, isAscii: boolean): string;
  /** The number of bytes of a string in UTF-8. */
  byteLength(text: string): number;
  /** The class, where it isn't a global. */
  CloseEvent: typeof globalThis.CloseEvent;
  /** Objects that are kept for their shapes. */
  shapes: object[];
  /** Runs a task once every microtask has run. */
  queueTask(task: Task): void;
  /** Counts a step, and returns whether the next one must wait for a later turn. */
  countStep(): boolean;
  /** Runs a step for which a turn had no time left in a later one. */
  defer(step: () => void): void;
  /** Whether sockets can't share a timer: in workerd it ends with the request that set it. */
  ownTimers: boolean;
}

/** Those of this platform. */
export const host: Partial<Host> = {};

const { process } = globalThis as { process?: NodeJS.Process };

/** Whether there is a `process` like Node's. By its full name: bundlers add a polyfill for the bare one. */
export const hasProcess = typeof process?.versions?.node === 'string';

/** Whether this is a page or a browser's worker, which doesn't exit on its own. Every such worker has `importScripts`. */
export const inBrowser =
  !hasProcess && !('Deno' in globalThis) && ('document' in globalThis || 'importScripts' in globalThis);
