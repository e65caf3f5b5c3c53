// What Node and Bun have beyond other platforms.

/** `process` as far as it is used here. */
export type NodeProcess = NodeJS.Process & { _tickCallback?: unknown };

/** `process`, if there is one. By its full name: bundlers add a polyfill for the bare one. */
export const { process } = globalThis as { process?: NodeProcess };

/** Only Node's and Bun's: in Deno neither a tick nor a message of a port waits until all microtasks have run. */
export const nextTick =
  typeof process?.versions?.node === 'string' && !('Deno' in globalThis) ? process.nextTick.bind(process) : undefined;
