// What Node and Bun have beyond other platforms.
import { hasProcess } from '../platform/host.ts';

/** `process` as far as it is used here. */
export type NodeProcess = NodeJS.Process & { _tickCallback?: unknown };

/** `process`, if there is one. By its full name: bundlers add a polyfill for the bare one. */
export const { process } = globalThis as { process?: NodeProcess };

/** Whether this is Node or Bun: others may imitate `process`. */
export const isNode = hasProcess && !('Deno' in globalThis);

/** Only Node's and Bun's: in Deno neither a tick nor a message of a port waits until all microtasks have run. */
export const nextTick = isNode ? process?.nextTick.bind(process) : undefined;

const { Buffer } = globalThis as { Buffer?: typeof globalThis.Buffer };

/** The Buffer of Node and Bun, whose methods are native: Deno's, and those that bundlers add to pages, are JavaScript. */
export const nodeBuffer = isNode && typeof Buffer?.allocUnsafeSlow === 'function' ? Buffer : undefined;
