// Tasks in Node and Bun: ticks that are queued from a microtask, and several tasks in one tick.

import { inContext } from '../platform/context.ts';
import type { Task } from '../platform/event-loop.ts';
import { microtask } from '../platform/microtask.ts';
import { defer } from './deferred-steps.ts';
import { type NodeProcess, nextTick, process } from './process.ts';
import { countStep } from './turn-budget.ts';

type Step = () => void;

/** Runs all microtasks and ticks, from within a tick; `undefined` if the platform has no function for it. */
const checkpoint = nextTick && process && checkpointOf(process);

/** The task that is running, if it may run again in the same tick. */
let running: Task | undefined;
/** Whether that task queued itself. */
let isAgain = false;
/** Whether a tick is running a task repeatedly. */
let isBusy = false;
/** How many tasks have a tick that has not come yet. */
let waiting = 0;

/**
 * Runs `task` when a tick runs that was queued from a microtask: every microtask has run by then, including those that
 * microtasks queue. A task that queues itself runs again in the same tick after a checkpoint, at a fraction of the cost. Its
 * asynchronous context is that of its tick, as if the next tick were queued from it; other tasks have ticks of their own.
 */
export function queueTick(task: Task): void {
  if (task === running) isAgain = true;
  else queueRun(task);
}

function queueRun(task: Task): void {
  const run = () => {
    waiting -= 1;
    if (checkpoint && !isBusy) runRepeatedly(task, checkpoint);
    else runOnce(task);
  };
  if (countStep()) {
    defer(() => {
      waiting += 1;
      nextTick?.(run);
    });
  } else {
    afterMicrotasks(run);
    waiting += 1;
  }
}

function afterMicrotasks(step: Step): void {
  microtask(() => nextTick?.(step));
}

function runOnce(task: Task): void {
  const rest = task();
  if (rest) afterMicrotasks(rest);
}

/** Runs a task as often as it queues itself, with a checkpoint each time. Other tasks get their turn. */
function runRepeatedly(task: Task, checkpoint: Step): void {
  let resume: Step | undefined;
  let isDry = false;
  isBusy = true;
  try {
    do {
      isAgain = false;
      running = task;
      runOnce(task);
      running = undefined;
      if (!isAgain || waiting > 0 || countStep()) return;
      if (!resume) {
        // In this tick's context: an exception of the program's, which a checkpoint throws, leaves another one.
        resume = inContext(() => queueRun(task));
        microtask(() => {
          isDry = true;
        });
      }
      checkpoint();
      // Otherwise this tick runs within a microtask, where a checkpoint runs nothing.
    } while (isDry);
  } finally {
    running = undefined;
    isBusy = false;
    if (isAgain) {
      if (resume) resume();
      else queueRun(task);
    }
  }
}

/**
 * Node's own, which is undocumented: it runs ticks, microtasks and the handlers of rejections. Where it is deprecated, which
 * needs a flag today, it is a function around the real one that warns. Bun's does nothing within a tick.
 */
function checkpointOf({ _tickCallback: tick, nextTick, versions }: NodeProcess): Step | undefined {
  const isReal = typeof tick === 'function' && Object.getPrototypeOf(tick) === Object.getPrototypeOf(nextTick);
  return isReal && !versions.bun ? (tick as Step) : undefined;
}
