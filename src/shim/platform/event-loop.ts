// Tasks, and steps that follow each other as microtasks.
import { setImmediate } from './globals.ts';
import { microtask } from './microtask.ts';
import { nextTick } from './node.ts';
import { PortTasks, type Task } from './port-tasks.ts';
import { queueTick } from './ticks.ts';
import { countStep, queueTurn } from './turns.ts';

export { queueLater } from './later.ts';
export type { Task } from './port-tasks.ts';
export { countStep, queueTurn } from './turns.ts';

/** How many tasks a page may run in one turn. */
const MAX_TASKS = 32;

/** Runs `task` once every microtask has run, including those that microtasks queue. */
export const queueTask: (task: Task) => void = nextTick
  ? queueTick
  : typeof setImmediate === 'function'
    ? queueImmediate
    : portQueue();

function portQueue(): (task: Task) => void {
  const tasks = new PortTasks(MAX_TASKS);
  return (task) => tasks.queue(task);
}

/** Runs `step`, which must not throw, as a microtask, or in another turn if this one has run its share of steps. */
export function queueStep(step: () => void): void {
  if (countStep()) queueTurn(step);
  else microtask(step);
}

function queueImmediate(task: Task): void {
  setImmediate(() => {
    const rest = task();
    if (rest) setImmediate(rest);
  });
}
