// Tasks, and later turns of the event loop.
import { MessageChannel, queueMicrotask, setImmediate, setTimeout } from './globals.ts';

/** Node's `process`, if there is one. By its full name: bundlers add a polyfill for the bare one. */
const { process } = globalThis as { process?: NodeJS.Process };

/** Only Node's and Bun's: in Deno neither a tick nor a message of a port waits until all microtasks have run. */
const nextTick =
  typeof process?.versions?.node === 'string' && !('Deno' in globalThis) ? process.nextTick.bind(process) : undefined;

/** A step of a task. If it returns another step, that runs in the same task, once the microtasks it queued have run. */
export type Task = () => (() => void) | undefined;

const queueMessage = messageTasks();

/**
 * Runs `task` once every microtask has run, including those that microtasks queue.
 *
 * In Node that is when a tick queued from a microtask runs, at a tenth of the cost of a `setImmediate`.
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

/** How many steps may follow each other in one turn of the event loop. */
const MAX_STEPS = 1_000;

let steps = 0;

/**
 * Counts a step that ran without returning to the event loop. Returns whether the next one must wait for a later turn, so
 * that timers and other I/O run too, however fast a peer in the same process answers.
 */
export function countStep(): boolean {
  if (steps === 0) queueTurn(resetSteps);
  steps += 1;
  return steps > MAX_STEPS;
}

function resetSteps(): void {
  steps = 0;
}

/** Runs `step` as a microtask, or in another turn if this one has run its share of steps. */
export function queueStep(step: () => void): void {
  if (countStep()) queueTurn(step);
  else queueMicrotask(step);
}

function queueTick(task: Task): void {
  const run = () => {
    const rest = task();
    if (rest) soon(rest);
  };
  const soon = (step: () => void) => queueMicrotask(() => nextTick?.(step));
  if (countStep()) queueTurn(run);
  else soon(run);
}

function queueImmediate(task: Task): void {
  setImmediate(() => {
    const rest = task();
    if (rest) setImmediate(rest);
  });
}

/** Tasks of a message port: one for each message, with a microtask checkpoint after each of its two listeners. */
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
