// Tasks, and steps that follow each other as microtasks.
import { MessageChannel, setImmediate } from './globals.ts';
import { hasProcess, host } from './host.ts';
import { microtask } from './microtask.ts';
import { PortTasks, type Task } from './port-tasks.ts';
import { countStep, queueLate, queueTurn } from './turns.ts';

export { queueLater } from './later.ts';
export type { Task } from './port-tasks.ts';
export { countStep, queueTurn } from './turns.ts';

/** How many tasks a page may run in one turn. */
const MAX_TASKS = 32;

const queuePortable: (task: Task) => void =
  typeof setImmediate !== 'function' && MessageChannel && !hasProcess ? portQueue() : queueInTurns;

/** Runs `task` once every microtask has run, including those that microtasks queue. */
export function queueTask(task: Task): void {
  if (host.queueTask) host.queueTask(task);
  else queuePortable(task);
}

function portQueue(): (task: Task) => void {
  const tasks = new PortTasks(MAX_TASKS);
  return (task) => tasks.queue(task);
}

/** Runs `step`, which must not throw, as a microtask, or in another turn if this one has run its share of steps. */
export function queueStep(step: () => void): void {
  if (countStep()) queueLate(step);
  else microtask(step);
}

function queueInTurns(task: Task): void {
  queueTurn(() => {
    const rest = task();
    if (rest) queueTurn(rest);
  });
}
