// Tasks: what the event loop runs by itself, after the microtasks of what ran before have run dry.

/** Node's, where it is there. By its full name: to the bare one bundlers add a polyfill. */
const { process } = globalThis as { process?: NodeJS.Process };

/** Node, and Bun, which has its ticks. Deno's don't wait until microtasks ran dry, and nor do its message ports. */
const ticks = typeof process?.versions?.node === 'string' && !('Deno' in globalThis);

/** What a task does; what it returns is run in the same task, once the microtasks that it made have run dry. */
export type Task = () => (() => void) | undefined;

/**
 * Runs `task` once every microtask has run, those that microtasks queue included.
 *
 * In Node a tick that is queued from a microtask runs just then, and costs a tenth of a `setImmediate`.
 */
export const queueTask: (task: Task) => void = ticks
  ? queueTick
  : typeof setImmediate === 'function'
    ? queueImmediate
    : messageTasks();

/** Runs `task` in a later turn of the event loop. */
export const queueTurn: (task: () => void) => void =
  typeof setImmediate === 'function' ? (task) => void setImmediate(task) : (task) => queueTask(() => void task());

function queueTick(task: Task): void {
  queueMicrotask(() =>
    process?.nextTick(() => {
      const rest = task();
      if (rest) queueTick(() => void rest());
    }),
  );
}

function queueImmediate(task: Task): void {
  setImmediate(() => {
    const rest = task();
    if (rest) setImmediate(rest);
  });
}

/** Tasks of a message port: one for each message, and in it a checkpoint for microtasks behind each listener. */
function messageTasks(): (task: Task) => void {
  const tasks: Task[] = [];
  let rest: (() => void) | undefined;
  let port: MessagePort | undefined;
  return (task) => {
    if (!port) {
      const channel = new MessageChannel();
      const run = () => {
        rest = tasks.shift()?.();
      };
      const runRest = () => {
        rest?.();
        rest = undefined;
      };
      channel.port1.onmessage = run;
      channel.port1.addEventListener('message', runRest);
      port = channel.port2;
    }
    tasks.push(task);
    port.postMessage(null);
  };
}
