// Tasks: what the event loop runs by itself, after the microtasks of what ran before have run dry.
import { MessageChannel, queueMicrotask, setImmediate, setTimeout } from './globals.ts';

/** Node's, where it is there. By its full name: to the bare one bundlers add a polyfill. */
const { process } = globalThis as { process?: NodeJS.Process };

/** Node's, and Bun's, which has the same. Deno's don't wait until microtasks ran dry, and nor do its message ports. */
const nextTick =
  typeof process?.versions?.node === 'string' && !('Deno' in globalThis) ? process.nextTick.bind(process) : undefined;

/** What a task does; what it returns is run in the same task, once the microtasks that it made have run dry. */
export type Task = () => (() => void) | undefined;

const queueMessage = messageTasks();

/**
 * Runs `task` once every microtask has run, those that microtasks queue included.
 *
 * In Node a tick that is queued from a microtask runs just then, and costs a tenth of a `setImmediate`.
 */
export const queueTask: (task: Task) => void = nextTick
  ? queueTick
  : typeof setImmediate === 'function'
    ? queueImmediate
    : queueMessage;

/** Runs `task` in a later turn of the event loop. (In Node a message port would keep the process alive.) */
export const queueTurn: (task: () => void) => void =
  typeof setImmediate === 'function'
    ? (task) => void setImmediate(task)
    : !nextTick && MessageChannel
      ? (task) => queueMessage(() => void task())
      : (task) => void setTimeout(task);

/** How many steps that aren't turns of their own may follow each other in one turn of the event loop. */
const MAX_STEPS = 1_000;

let steps = 0;

/**
 * Counts a step that was run without going back to the event loop. Returns whether there were so many in this turn that
 * the next one must wait for another: timers and other I/O have theirs, however fast a peer in the same process answers.
 */
export function mustYield(): boolean {
  if (steps === 0) queueTurn(beginTurn);
  steps += 1;
  return steps > MAX_STEPS;
}

function beginTurn(): void {
  steps = 0;
}

/** Runs `step` as a microtask, or in another turn where this one had its share. */
export function queueStep(step: () => void): void {
  if (mustYield()) queueTurn(step);
  else queueMicrotask(step);
}

function queueTick(task: Task): void {
  const run = () => {
    const rest = task();
    if (rest) soon(rest);
  };
  const soon = (step: () => void) => queueMicrotask(() => nextTick?.(step));
  if (mustYield()) queueTurn(run);
  else soon(run);
}

function queueImmediate(task: Task): void {
  setImmediate(() => {
    const rest = task();
    if (rest) setImmediate(rest);
  });
}

/** Tasks of a message port: one for each message, and in it a checkpoint for microtasks after each listener. */
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
