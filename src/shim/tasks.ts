// Tasks: what the event loop runs by itself, after the microtasks of what ran before have run dry.

const node = typeof process === 'object' && typeof process.versions?.node === 'string' && !('Deno' in globalThis);

/**
 * Runs `task` once every microtask has run, those that microtasks queue included.
 *
 * In Node a tick that is queued from a microtask runs just then, and costs a tenth of a `setImmediate`.
 */
export const queueTask: (task: () => void) => void = node
  ? (task) => queueMicrotask(() => process.nextTick(task))
  : messageTasks();

/** Runs `task` in a later turn of the event loop. */
export const queueTurn: (task: () => void) => void =
  typeof setImmediate === 'function' ? (task) => void setImmediate(task) : queueTask;

function messageTasks(): (task: () => void) => void {
  const tasks: (() => void)[] = [];
  let port: MessagePort | undefined;
  return (task) => {
    if (!port) {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => tasks.shift()?.();
      port = channel.port2;
    }
    tasks.push(task);
    port.postMessage(null);
  };
}
